package dev.tokamak.gate;

import dev.tokamak.api.TokamakException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What an operator can set about connections ({@link Settings}).
 *
 * @param maxRequestBytes the largest body taken, compressed or not
 * @param maxHeaderBytes the most bytes of headers taken
 * @param maxBodyMemoryBytes what the bodies of all requests may take together
 * @param maxConnections how many connections may be open
 * @param headerTimeoutMillis how long a client may take for a request's head
 * @param bodyTimeoutMillis how long a client may take for a request's body
 * @param keepAliveMillis how long a connection may wait for its next request
 * @param stallMillis how long a client may take no bytes of an answer
 * @param loopbackOnly whether the server listens on a loopback address
 * @param allowedHosts further names of the server, in lower case; {@code *} is any
 */
public record GateSettings(
        int maxRequestBytes,
        int maxHeaderBytes,
        long maxBodyMemoryBytes,
        int maxConnections,
        long headerTimeoutMillis,
        long bodyTimeoutMillis,
        long keepAliveMillis,
        long stallMillis,
        boolean loopbackOnly,
        List<String> allowedHosts) {

    private static final int ARRAY_BYTES = Integer.MAX_VALUE - 8;

    /**
     * The settings of this process.
     *
     * @return those that are set, and defaults
     * @throws TokamakException if one is out of range, naming it
     */
    public static GateSettings fromEnvironment() {
        int maxRequestBytes = (int) Settings.number("max-request-bytes", 16L << 20, 1024, 1 << 30);
        // A body is several times its size once it is text and messages.
        long share = Math.max(maxRequestBytes, Runtime.getRuntime().maxMemory() / 16);
        return new GateSettings(
                maxRequestBytes,
                (int) Settings.number("max-header-bytes", 64 << 10, 1024, 1 << 20),
                Settings.number("max-body-memory-bytes", share, 1024, Long.MAX_VALUE),
                (int) Settings.number("max-connections", defaultConnections(), 1, ARRAY_BYTES),
                Settings.number("header-timeout-millis", 10_000, 10, 3_600_000),
                Settings.number("body-timeout-millis", 60_000, 10, 3_600_000),
                Settings.number("keep-alive-millis", 75_000, 10, 3_600_000),
                Settings.number("stall-millis", 60_000, 100, 3_600_000),
                isLoopback(Settings.text("host")),
                names(Settings.text("allowed-hosts")));
    }

    RequestRules rules() {
        return new RequestRules(loopbackOnly, allowedHosts);
    }

    /** Most of the descriptors that the process may open, so that files can always be opened. */
    private static int defaultConnections() {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean system) {
            long spare = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
            return (int) Math.max(16, Math.min(16_384, spare * 3 / 4));
        }
        return 16_384;
    }

    private static boolean isLoopback(String host) {
        if (host == null) {
            return false;
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw TokamakException.configuration("tokamak.host is '" + host + "', which is no address");
        }
    }

    private static List<String> names(String list) {
        return list == null
                ? List.of()
                : Arrays.stream(list.toLowerCase(Locale.ROOT).split(","))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .collect(Collectors.toList());
    }
}
