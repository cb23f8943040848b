package dev.tokamak.server;

import dev.tokamak.api.TokamakException;
import java.util.Locale;

/**
 * What an operator can set about serving, read from system properties {@code tokamak.NAME} or environment variables
 * {@code TOKAMAK_NAME} (upper case, with underscores).
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
                (int) number("max-request-bytes", 16L << 20, 1024, 1 << 30),
                number("heartbeat-millis", 5_000, 10, 3_600_000),
                number("stall-millis", 60_000, 100, 3_600_000),
                number("drain-millis", 10_000, 0, 3_600_000),
                (int) number("writer-threads", Math.max(2, Runtime.getRuntime().availableProcessors()), 1, 1024));
    }

    /** A setting's text, or null. */
    static String text(String name) {
        String value = System.getProperty("tokamak." + name);
        return value != null
                ? value
                : System.getenv("TOKAMAK_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** A setting that is a whole number within bounds, or what it is where nobody set it. */
    static long number(String name, long otherwise, long min, long max) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value.trim());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The message below says what is expected.
        }
        throw TokamakException.configuration(
                "tokamak." + name + " is '" + value + "', expected a whole number from " + min + " to " + max);
    }
}
