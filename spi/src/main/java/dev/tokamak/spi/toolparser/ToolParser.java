package dev.tokamak.spi.toolparser;

import dev.tokamak.api.Stable;

/**
 * Splits one completion into content and tool calls. Used by one thread at a time.
 *
 * <p>However the text is cut into deltas, what the sink is told adds up to the same. A call is committed when its name is
 * complete: until then malformed text becomes content, afterwards the rest of it goes verbatim into the arguments. Nothing
 * is lost and nothing is told twice. A call that was closed has arguments that are valid JSON.
 *
 * @since 0.1
 */
@Stable
public interface ToolParser {
    /**
     * Takes the next part of the completion.
     *
     * @param text never empty
     * @param sink told what has become certain
     */
    void accept(CharSequence text, ToolCallSink sink);

    /**
     * Ends the completion: what was held back is told.
     *
     * @param sink told the rest
     */
    void finish(ToolCallSink sink);
}
