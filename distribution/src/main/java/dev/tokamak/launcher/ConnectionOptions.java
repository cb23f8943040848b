package dev.tokamak.launcher;

import dev.tokamak.gate.GateSettings;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that bound what clients may send, and how long they may take for it. */
final class ConnectionOptions {
    @Option(
            names = "--max-request-bytes",
            paramLabel = "BYTES",
            converter = EngineOptions.ByteCount.class,
            description = "Largest request body, also after decompression: bytes, or with K, M, G. Default: 16M.")
    private Long maxRequestBytes;

    @Option(
            names = "--max-header-bytes",
            paramLabel = "BYTES",
            converter = EngineOptions.ByteCount.class,
            description = "Most bytes of headers in a request. Default: 64K.")
    private Long maxHeaderBytes;

    @Option(
            names = "--max-body-memory-bytes",
            paramLabel = "BYTES",
            converter = EngineOptions.ByteCount.class,
            description = "What the bodies of all requests may take together; more is answered with 503."
                    + " Default: a sixteenth of the Java heap, but room for one.")
    private Long maxBodyMemoryBytes;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            converter = EngineOptions.PositiveInt.class,
            description = "Most open connections; more are answered with 503."
                    + " Default: three quarters of the file descriptors that are left, but at most 16384.")
    private Integer maxConnections;

    @Option(
            names = "--header-timeout-millis",
            paramLabel = "MILLIS",
            converter = EngineOptions.PositiveInt.class,
            description = "How long a client may take for a request's headers. Default: 10000.")
    private Integer headerTimeoutMillis;

    @Option(
            names = "--body-timeout-millis",
            paramLabel = "MILLIS",
            converter = EngineOptions.PositiveInt.class,
            description = "How long a client may take for a request's body. Default: 60000.")
    private Integer bodyTimeoutMillis;

    @Option(
            names = "--keep-alive-millis",
            paramLabel = "MILLIS",
            converter = EngineOptions.PositiveInt.class,
            description = "How long a connection may wait for its next request. Default: 75000.")
    private Integer keepAliveMillis;

    @Option(
            names = "--allowed-hosts",
            paramLabel = "NAME",
            arity = "1..*",
            split = ",",
            description = "Names under which clients ask for the server, where it listens on a loopback address and a"
                    + " proxy hands its own on; * is any. Default: localhost and its addresses.")
    private List<String> allowedHosts;

    /**
     * Sets what the server's HTTP layer reads: system properties with the names of the options.
     *
     * @throws dev.tokamak.api.TokamakException if a value is out of range
     */
    void publish(ServerAddress address) {
        set("host", address.host());
        set("max-request-bytes", maxRequestBytes);
        set("max-header-bytes", maxHeaderBytes);
        set("max-body-memory-bytes", maxBodyMemoryBytes);
        set("max-connections", maxConnections);
        set("header-timeout-millis", headerTimeoutMillis);
        set("body-timeout-millis", bodyTimeoutMillis);
        set("keep-alive-millis", keepAliveMillis);
        set("allowed-hosts", allowedHosts == null ? null : String.join(",", allowedHosts));
        GateSettings.fromEnvironment(); // So that a value out of range is said now.
    }

    private static void set(String name, Object value) {
        if (value != null) {
            System.setProperty("tokamak." + name, value.toString());
        }
    }
}
