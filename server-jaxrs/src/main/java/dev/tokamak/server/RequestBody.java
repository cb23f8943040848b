package dev.tokamak.server;

import dev.tokamak.protocol.ProtocolException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** Reads the body of a request, whole and within a limit. */
final class RequestBody {
    private RequestBody() {}

    /**
     * Reads all bytes.
     *
     * @throws ProtocolException 413 if there are more than the limit, 415 if they are not declared to be JSON, 400 if the
     *     client stopped in the middle
     */
    static byte[] read(HttpServletRequest request, int limitBytes) {
        String type = request.getContentType();
        if (type != null && !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw new ProtocolException(
                    415,
                    "the Content-Type is " + type + ", expected application/json",
                    "invalid_request_error",
                    null,
                    "unsupported_media_type");
        }
        long length = request.getContentLengthLong();
        if (length > limitBytes) {
            throw tooLarge(limitBytes);
        }
        try (InputStream in = request.getInputStream()) {
            if (length >= 0) {
                byte[] body = new byte[(int) length];
                if (in.readNBytes(body, 0, body.length) < length) {
                    throw new EOFException("the connection was closed");
                }
                return body;
            }
            byte[] body = in.readNBytes(limitBytes + 1);
            if (body.length > limitBytes) {
                throw tooLarge(limitBytes);
            }
            return body;
        } catch (IOException e) {
            ProtocolException incomplete = new ProtocolException(
                    400, "the body ended early", "invalid_request_error", null, "incomplete_body");
            incomplete.initCause(e);
            throw incomplete;
        }
    }

    private static ProtocolException tooLarge(int limitBytes) {
        return new ProtocolException(
                413,
                "the body is larger than the " + limitBytes + " bytes that are taken",
                "invalid_request_error",
                null,
                "request_too_large");
    }
}
