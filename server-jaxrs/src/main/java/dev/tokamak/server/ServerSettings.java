package dev.tokamak.server;

import dev.tokamak.gate.Settings;

/**
 * What an operator can set about serving ({@link Settings}).
 *
 * @param maxRequestBytes the largest body taken
 * @param heartbeatMillis how long a stream may be silent before a comment is sent
 * @param stallMillis how long a client may take no bytes before its request is aborted
 * @param drainMillis how long running requests may go on when the server stops
 * @param writerThreads how many threads write streams
 */
record ServerSettings(
        int maxRequestBytes, long heartbeatMillis, long stallMillis, long drainMillis, int writerThreads) {

    static ServerSettings fromEnvironment() {
        return new ServerSettings(
                (int) Settings.number("max-request-bytes", 16L << 20, 1024, 1 << 30),
                Settings.number("heartbeat-millis", 5_000, 10, 3_600_000),
                Settings.number("stall-millis", 60_000, 100, 3_600_000),
                Settings.number("drain-millis", 10_000, 0, 3_600_000),
                (int) Settings.number(
                        "writer-threads", Math.max(2, Runtime.getRuntime().availableProcessors()), 1, 1024));
    }
}
