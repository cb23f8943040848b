package dev.tokamak.gate;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Request line and headers of a request (RFC 9112), read strictly: what two programs could read in two ways is refused, so that
 * no proxy in front of this server and the server behind it can be made to see different requests.
 */
final class RequestHead {
    /** What concerns one connection or the way a body is sent, and so is not handed on. */
    private static final Set<String> OWN_HEADERS = Set.of(
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "upgrade",
            "http2-settings",
            "expect");

    /** A header as it came. */
    record Header(String name, String value) {}

    private final String method;
    private final String target;
    private final boolean http10;
    private final List<Header> headers;
    private final long contentLength;
    private final boolean chunked;

    private RequestHead(String method, String target, boolean http10, List<Header> headers) {
        this.method = method;
        this.target = target;
        this.http10 = http10;
        this.headers = headers;
        this.chunked = readTransferEncoding();
        this.contentLength = readContentLength();
    }

    /**
     * Reads a head.
     *
     * @param bytes from the request line to the empty line
     * @throws dev.tokamak.protocol.ProtocolException 400 or 505, saying what is wrong
     */
    static RequestHead parse(byte[] bytes) {
        List<String> lines = lines(bytes);
        String[] start = lines.get(0).split(" ", -1);
        if (start.length != 3 || !isToken(start[0])) {
            throw Refusals.malformed("the request line is not METHOD TARGET HTTP/1.1");
        }
        if (!start[2].equals("HTTP/1.1") && !start[2].equals("HTTP/1.0")) {
            if (start[2].matches("HTTP/\\d\\.\\d")) {
                throw Refusals.invalid(505, "the server speaks HTTP/1.1, not " + start[2], "http_version");
            }
            throw Refusals.malformed("the request line does not end in HTTP/1.1");
        }
        List<Header> headers = new ArrayList<>(lines.size());
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon <= 0 || !isToken(line.substring(0, colon))) {
                throw Refusals.malformed("a header line has no name, or one with characters that no name has");
            }
            headers.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return of(start[0], start[1], start[2].equals("HTTP/1.0"), headers);
    }

    private static RequestHead of(String method, String target, boolean http10, List<Header> headers) {
        if (headers.stream()
                        .filter(each -> each.name().equalsIgnoreCase("host"))
                        .count()
                > 1) {
            throw Refusals.malformed("there is more than one Host header");
        }
        if (method.equals("CONNECT")) {
            throw Refusals.malformed("the server is no proxy: CONNECT is not taken");
        }
        String path = target;
        if (target.startsWith("http://") || target.startsWith("https://")) {
            URI uri = uri(target);
            path = target.substring(target.indexOf("//")
                    + 2
                    + String.valueOf(uri.getRawAuthority()).length());
            headers.removeIf(each -> each.name().equalsIgnoreCase("host"));
            headers.add(new Header("Host", String.valueOf(uri.getRawAuthority())));
            if (!path.startsWith("/")) {
                path = "/" + path;
            }
        } else if (target.startsWith("/")) {
            uri(target);
        } else if (!(target.equals("*") && method.equals("OPTIONS"))) {
            throw Refusals.malformed("the request's target is no path: it does not begin with /");
        }
        RequestHead head = new RequestHead(method, path, http10, headers);
        if (!http10 && head.value("host") == null) {
            throw Refusals.malformed("the Host header is missing");
        }
        return head;
    }

    private static URI uri(String target) {
        if (!target.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw Refusals.malformed("the request's target has characters that no URI has");
        }
        try {
            URI uri = new URI(target);
            checkPath(uri.getPath());
            return uri;
        } catch (URISyntaxException e) {
            throw Refusals.malformed("the request's target is no URI: " + e.getReason());
        }
    }

    /** Refuses, in our words, what the server behind would refuse without any. */
    private static void checkPath(String path) {
        if (path.chars().anyMatch(c -> c < ' ' || c == '\\')) {
            throw Refusals.malformed("the request's path has characters that no path has");
        }
        int depth = 0;
        for (String segment : path.split("/")) {
            depth += segment.equals("..") ? -1 : segment.isEmpty() || segment.equals(".") ? 0 : 1;
            if (depth < 0) {
                throw Refusals.malformed("the request's path leads out of the server");
            }
        }
    }

    private static List<String> lines(byte[] bytes) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                int end = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
                if (end > start) {
                    lines.add(line(bytes, start, end));
                }
                start = i + 1;
            }
        }
        return lines;
    }

    private static String line(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7F) {
                throw Refusals.malformed("there is a control character in the request's head");
            }
        }
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> c >= 'a' && c <= 'z'
                                || c >= 'A' && c <= 'Z'
                                || c >= '0' && c <= '9'
                                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }

    private boolean readTransferEncoding() {
        String coding = value("transfer-encoding");
        if (coding == null) {
            return false;
        }
        if (value("content-length") != null) {
            throw Refusals.malformed("there are both Content-Length and Transfer-Encoding; expected one of them");
        }
        if (http10 || !coding.equalsIgnoreCase("chunked")) {
            throw Refusals.malformed("the Transfer-Encoding is '" + coding + "', expected chunked");
        }
        return true;
    }

    private long readContentLength() {
        String length = value("content-length");
        if (length == null) {
            return 0;
        }
        if (!length.matches("[0-9]{1,18}")) {
            throw Refusals.malformed("the Content-Length is '" + length + "', expected one number");
        }
        return Long.parseLong(length);
    }

    /**
     * A header's value.
     *
     * @param name in lower case
     * @return those of all its lines, separated by commas, or null
     */
    String value(String name) {
        String value = null;
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                value = value == null ? header.value() : value + ", " + header.value();
            }
        }
        return value;
    }

    String method() {
        return method;
    }

    /** Whether a body means anything to the method. */
    boolean takesBody() {
        return !method.equals("GET") && !method.equals("HEAD");
    }

    /** What the head says about the body's length; 0 where it is chunked. */
    long contentLength() {
        return contentLength;
    }

    boolean chunked() {
        return chunked;
    }

    boolean expectsContinue() {
        return !http10 && "100-continue".equalsIgnoreCase(value("expect"));
    }

    private boolean keepAlive() {
        String connection = value("connection");
        List<String> options = connection == null
                ? List.of()
                : List.of(connection.toLowerCase(Locale.ROOT).split("[\\s,]+"));
        return http10 ? options.contains("keep-alive") : !options.contains("close");
    }

    /**
     * The head as it is handed on: with the length of the whole body, without what was dealt with here.
     *
     * @param bodyLength bytes of the body that follows
     * @param inflated whether the body was compressed and is not any more
     */
    byte[] rewritten(int bodyLength, boolean inflated) {
        StringBuilder text = new StringBuilder(512)
                .append(method)
                .append(' ')
                .append(target)
                .append(http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
        for (Header header : headers) {
            String name = header.name().toLowerCase(Locale.ROOT);
            if (!OWN_HEADERS.contains(name) && !(inflated && name.equals("content-encoding"))) {
                text.append(header.name()).append(": ").append(header.value()).append("\r\n");
            }
        }
        if (takesBody()) {
            text.append("Content-Length: ").append(bodyLength).append("\r\n");
        }
        if (!keepAlive()) {
            text.append("Connection: close\r\n");
        } else if (http10) {
            text.append("Connection: keep-alive\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
