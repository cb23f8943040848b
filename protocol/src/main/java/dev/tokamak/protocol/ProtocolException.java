package dev.tokamak.protocol;

import dev.tokamak.api.TokamakException;
import java.util.Objects;
import java.util.Optional;

/**
 * A request that gets an error for an answer, with all that its body says.
 *
 * @since 0.1
 */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final String param;
    private final String code;

    /**
     * An error.
     *
     * @param status the HTTP status
     * @param message one line for the client: what was found, what was expected, where
     * @param type the kind of error, such as {@code invalid_request_error}
     * @param param the field at fault with its path, or null
     * @param code what programs compare, such as {@code model_not_found}, or null
     */
    public ProtocolException(int status, String message, String type, String param, String code) {
        super(message);
        this.status = status;
        this.type = Objects.requireNonNull(type, "type");
        this.param = param;
        this.code = code;
    }

    /**
     * A field with a value that cannot be.
     *
     * @param param the field with its path
     * @param message what was found and what is expected
     * @return an error with status 400
     */
    public static ProtocolException invalidValue(String param, String message) {
        return new ProtocolException(400, message, "invalid_request_error", param, "invalid_value");
    }

    /**
     * A field of the wrong JSON type.
     *
     * @param param the field with its path
     * @param message what was found and what is expected
     * @return an error with status 400
     */
    public static ProtocolException invalidType(String param, String message) {
        return new ProtocolException(400, message, "invalid_request_error", param, "invalid_type");
    }

    /**
     * A field that has to be there.
     *
     * @param param the field with its path
     * @return an error with status 400
     */
    public static ProtocolException missing(String param) {
        return new ProtocolException(
                400, "missing required field " + param, "invalid_request_error", param, "missing_required_parameter");
    }

    /**
     * Something that this server or its configuration does not do.
     *
     * @param param the field with its path, or null
     * @param message what is not done, and what to do instead
     * @return an error with status 400
     */
    public static ProtocolException unsupported(String param, String message) {
        return new ProtocolException(400, message, "invalid_request_error", param, "unsupported_parameter");
    }

    /**
     * What the engine's refusal means to a client.
     *
     * @param e as the engine threw it
     * @return 400, 404, 429, 500 or 503, by the refusal's code
     */
    public static ProtocolException of(TokamakException e) {
        String param = e.param().orElse(null);
        ProtocolException translated =
                switch (e.code()) {
                    case INVALID_REQUEST ->
                        new ProtocolException(400, e.getMessage(), "invalid_request_error", param, "invalid_value");
                    case PROMPT_TOO_LONG ->
                        new ProtocolException(
                                400, e.getMessage(), "invalid_request_error", param, "context_length_exceeded");
                    case UNSUPPORTED -> unsupported(param, e.getMessage());
                    case NOT_FOUND ->
                        new ProtocolException(404, e.getMessage(), "invalid_request_error", param, "not_found");
                    case OVERLOADED ->
                        new ProtocolException(429, e.getMessage(), "rate_limit_error", null, "overloaded");
                    case ENGINE_DEAD ->
                        new ProtocolException(503, e.getMessage(), "service_unavailable_error", null, "engine_dead");
                    case STEP_FAILED -> new ProtocolException(500, e.getMessage(), "server_error", null, "step_failed");
                    case CONFIGURATION ->
                        new ProtocolException(500, e.getMessage(), "server_error", null, "configuration");
                };
        translated.initCause(e);
        return translated;
    }

    /**
     * What an unforeseen failure means to a client: nothing of it is shown.
     *
     * @param e kept as the cause, for the log
     * @return an error with status 500
     */
    public static ProtocolException internal(Throwable e) {
        if (e instanceof ProtocolException already) {
            return already;
        }
        if (e instanceof TokamakException refusal) {
            return of(refusal);
        }
        ProtocolException translated = new ProtocolException(
                500, "the server failed to answer; see its log", "server_error", null, "internal");
        translated.initCause(e);
        return translated;
    }

    /**
     * What a client is told where only a status is known.
     *
     * @param status the HTTP status
     * @param method the request's method
     * @param path the request's path
     * @return an error with that status, or 400 where it is none of an error
     */
    public static ProtocolException ofStatus(int status, String method, String path) {
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

    /**
     * The HTTP status.
     *
     * @return from 400 to 599
     */
    public int status() {
        return status;
    }

    /**
     * The kind of error.
     *
     * @return such as {@code invalid_request_error}
     */
    public String type() {
        return type;
    }

    /**
     * The field at fault.
     *
     * @return its path, such as {@code messages[1].content}, or empty
     */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    /**
     * What programs compare.
     *
     * @return such as {@code model_not_found}, or empty
     */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }
}
