package dev.tokamak.api;

import java.util.Objects;
import java.util.Optional;

/**
 * The one exception type that Tokamak's API throws on purpose. Its {@link #code()} says what kind of failure it is, its
 * {@link #param()} which argument it concerns, and its message is one line that names what was found, what was expected
 * and what to do.
 *
 * @since 0.1
 */
@Stable
public class TokamakException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String param;

    /**
     * An exception without a parameter.
     *
     * @param code what kind of failure
     * @param message one line for the person who has to act
     */
    public TokamakException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    /**
     * An exception with a cause.
     *
     * @param code what kind of failure
     * @param message one line for the person who has to act
     * @param cause what happened underneath, or null
     */
    public TokamakException(ErrorCode code, String message, Throwable cause) {
        this(code, message, null, cause);
    }

    /**
     * The full form.
     *
     * @param code what kind of failure
     * @param message one line for the person who has to act
     * @param param the request field or option that is at fault, or null
     * @param cause what happened underneath, or null
     */
    public TokamakException(ErrorCode code, String message, String param, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
        this.param = param;
    }

    /**
     * A refused request argument.
     *
     * @param param the request field at fault
     * @param message what was found and what is expected
     * @return an exception with {@link ErrorCode#INVALID_REQUEST}
     */
    public static TokamakException invalid(String param, String message) {
        return new TokamakException(ErrorCode.INVALID_REQUEST, message, param, null);
    }

    /**
     * A faulty configuration, model folder or plugin.
     *
     * @param message which file or option, what is wrong with it, and what to do
     * @return an exception with {@link ErrorCode#CONFIGURATION}
     */
    public static TokamakException configuration(String message) {
        return new TokamakException(ErrorCode.CONFIGURATION, message, null, null);
    }

    /**
     * What kind of failure this is.
     *
     * @return the code, never null
     */
    public ErrorCode code() {
        return code;
    }

    /**
     * The request field or option that is at fault.
     *
     * @return its name as the caller wrote it, or empty
     */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }
}
