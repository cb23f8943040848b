package dev.tokamak.gate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps pages of the web that somebody on this machine looks at from using the server.
 *
 * <p>A page may send a form or text to any address without asking first, so what changes or costs something and comes from
 * another origin has to be declared as JSON, which a browser sends only after the server allowed it. And a page may let its own
 * name point at this machine, so a server that only this machine can reach answers to this machine's names only.
 */
final class RequestRules {
    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]*)(:[0-9]*)?");
    private static final Pattern LOOPBACK = Pattern.compile("(.+\\.)?localhost\\.?|127(\\.[0-9]{1,3}){3}");

    private final boolean loopbackOnly;
    private final List<String> allowedHosts;

    /**
     * Rules.
     *
     * @param loopbackOnly whether the server listens on a loopback address
     * @param allowedHosts further names of the server, in lower case; {@code *} is any
     */
    RequestRules(boolean loopbackOnly, List<String> allowedHosts) {
        this.loopbackOnly = loopbackOnly;
        this.allowedHosts = allowedHosts;
    }

    /** @throws dev.tokamak.protocol.ProtocolException 400, 403 or 415 if the request is not taken */
    void check(RequestHead head) {
        String host = head.value("host");
        if (host != null) {
            checkHost(host);
        }
        String coding = head.value("content-encoding");
        if (head.takesBody() && coding != null && !isGzip(coding) && !coding.equalsIgnoreCase("identity")) {
            throw Refusals.invalid(
                    415,
                    "the Content-Encoding is '" + coding + "', expected gzip or none",
                    "unsupported_content_encoding");
        }
        String origin = head.value("origin");
        if (origin != null && !HARMLESS.contains(head.method()) && !isJson(head.value("content-type"))) {
            checkOrigin(origin, host);
        }
    }

    static boolean isGzip(String coding) {
        return coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip");
    }

    private void checkHost(String host) {
        Matcher parts = HOST.matcher(host);
        if (!parts.matches()) {
            throw Refusals.malformed("the Host header is '" + host + "', expected a name and perhaps a port");
        }
        if (!loopbackOnly && allowedHosts.isEmpty() || allowedHosts.contains("*")) {
            return;
        }
        String name = parts.group(1).toLowerCase(Locale.ROOT);
        if (!isLoopback(name) && !allowedHosts.contains(name)) {
            throw Refusals.invalid(
                    403,
                    "the Host header is '" + host + "', which is no name of this server; --allowed-hosts adds names",
                    "host_not_allowed");
        }
    }

    private static boolean isLoopback(String name) {
        if (!name.startsWith("[")) {
            return LOOPBACK.matcher(name).matches();
        }
        try {
            // Brackets hold an address and no name, so nobody is asked for it.
            return InetAddress.getByName(name).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isJson(String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().equals("application/json");
    }

    private static void checkOrigin(String origin, String host) {
        int scheme = origin.indexOf("://");
        String authority = scheme < 0 ? null : origin.substring(scheme + 3);
        if (authority == null || !authority.equalsIgnoreCase(host)) {
            throw Refusals.invalid(
                    403,
                    "a page of '" + origin + "' may send nothing here but JSON, declared as application/json",
                    "foreign_origin");
        }
    }
}
