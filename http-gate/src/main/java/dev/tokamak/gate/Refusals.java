package dev.tokamak.gate;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** Requests that the gate answers itself, always with an error, and the answers' bytes. */
final class Refusals {
    private static final Map<Integer, String> REASONS = Map.of(
            400, "Bad Request",
            403, "Forbidden",
            408, "Request Timeout",
            413, "Content Too Large",
            414, "URI Too Long",
            415, "Unsupported Media Type",
            431, "Request Header Fields Too Large",
            503, "Service Unavailable",
            505, "HTTP Version Not Supported");

    private Refusals() {}

    static ProtocolException malformed(String message) {
        return invalid(400, message, "malformed_request");
    }

    static ProtocolException invalid(int status, String message, String code) {
        return new ProtocolException(status, message, "invalid_request_error", null, code);
    }

    static ProtocolException busy(String message) {
        return new ProtocolException(503, message, "service_unavailable_error", null, "overloaded");
    }

    /** The whole answer; the connection is closed after it. */
    static byte[] answer(ProtocolException refusal, boolean withBody) {
        byte[] body = OpenAiProtocol.error(refusal);
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(refusal.status())
                .append(' ')
                .append(REASONS.getOrDefault(refusal.status(), "Refused"))
                .append("\r\nDate: ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
                .append("\r\nContent-Type: application/json\r\nContent-Length: ")
                .append(body.length)
                .append("\r\nConnection: close\r\n");
        if (refusal.status() == 503) {
            head.append("Retry-After: 1\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        if (!withBody) {
            return start;
        }
        byte[] answer = new byte[start.length + body.length];
        System.arraycopy(start, 0, answer, 0, start.length);
        System.arraycopy(body, 0, answer, start.length, body.length);
        return answer;
    }
}
