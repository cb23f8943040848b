package dev.tokamak.spi.toolparser;

import dev.tokamak.api.Stable;

/**
 * Is told what a {@link ToolParser} found, in order. Calls do not overlap: behind {@link #beginCall} only {@link #arguments} is
 * called until {@link #endCall}. Where a model wrote arguments that are no JSON, the call is not ended but broken off: the next
 * call of {@link #beginCall} or {@link #content}, or the text's end, is its end.
 *
 * @since 0.1
 */
@Stable
public interface ToolCallSink {
    /**
     * Text outside of calls.
     *
     * @param text never empty
     */
    void content(String text);

    /**
     * A call begins; its name is complete.
     *
     * @param name the function's name, as the model wrote it
     * @param id the call's id if the format has one, else empty
     */
    void beginCall(String name, String id);

    /**
     * More of the current call's arguments.
     *
     * @param json a piece of JSON text, never empty
     */
    void arguments(String json);

    /**
     * The current call is complete: its arguments are a JSON object. A call that the completion's end cuts off, or that is
     * malformed beyond repair, is not ended.
     */
    void endCall();
}
