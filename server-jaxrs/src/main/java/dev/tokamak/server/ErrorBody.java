package dev.tokamak.server;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** OpenAI's error body, {@code {"error":{"message","type","param","code"}}}. */
final class ErrorBody {
    private ErrorBody() {}

    static Response response(ProtocolException e) {
        Response.ResponseBuilder response = Response.status(e.status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(OpenAiProtocol.error(e));
        if (e.status() == 503) {
            response.header("Retry-After", "1");
        }
        return response.build();
    }

    /** What a client is told where only a status is known. */
    static ProtocolException ofStatus(int status, String method, String path) {
        return switch (status) {
            case 404 ->
                new ProtocolException(404, "there is no " + path + " here", "invalid_request_error", null, "not_found");
            case 405 ->
                new ProtocolException(
                        405, path + " does not take " + method, "invalid_request_error", null, "method_not_allowed");
            case 406 ->
                new ProtocolException(
                        406,
                        "the Accept header allows neither JSON nor events",
                        "invalid_request_error",
                        null,
                        "not_acceptable");
            case 413 ->
                new ProtocolException(
                        413, "the request is too large", "invalid_request_error", null, "request_too_large");
            case 415 ->
                new ProtocolException(
                        415,
                        "the Content-Type has to be application/json",
                        "invalid_request_error",
                        null,
                        "unsupported_media_type");
            case 503 ->
                new ProtocolException(
                        503, "the server is starting or stopping", "service_unavailable_error", null, "unavailable");
            default ->
                status < 500
                        ? new ProtocolException(
                                status < 400 ? 400 : status,
                                "the request is malformed",
                                "invalid_request_error",
                                null,
                                null)
                        : new ProtocolException(
                                status, "the server failed to answer; see its log", "server_error", null, "internal");
        };
    }
}
