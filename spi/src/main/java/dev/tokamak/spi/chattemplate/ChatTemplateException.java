package dev.tokamak.spi.chattemplate;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.Stable;
import dev.tokamak.api.TokamakException;

/**
 * A template is no template, refused its variables, or exceeded a limit.
 *
 * @since 0.1
 */
@Stable
public final class ChatTemplateException extends TokamakException {
    private static final long serialVersionUID = 1L;

    private final int line;

    /**
     * A failure.
     *
     * @param message what went wrong
     * @param line of the template, from 1, or 0 if it is not known
     */
    public ChatTemplateException(String message, int line) {
        super(
                ErrorCode.INVALID_REQUEST,
                line > 0 ? "chat template, line " + line + ": " + message : message,
                "messages",
                null);
        this.line = line;
    }

    /**
     * Where.
     *
     * @return the template's line, from 1, or 0 if it is not known
     */
    public int line() {
        return line;
    }
}
