package dev.tokamak.spi.toolparser;

import dev.tokamak.api.Stable;

/**
 * Splits one completion into content and tool calls. Used by one thread at a time.
 *
 * <p>However the text is cut into deltas, what the sink is told adds up to the same. A call is committed when its name is
 * complete and its arguments begin as an object: until then malformed text becomes content, afterwards it goes verbatim into
 * the arguments, up to the next mark of the format that cannot be data. So one mistake costs one call at most: what follows is
 * parsed as ever, and no mark is told as arguments. A call that was ended has arguments that are a JSON object.
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
     * Takes what the model wrote as one added token of its vocabulary. A parser that was made with
     * {@link ToolParserProvider#create(java.util.List, java.util.function.Predicate)} tells by this a mark from text that spells it.
     *
     * @param token the token's text
     * @param sink told what has become certain
     * @since 0.2
     */
    default void acceptToken(CharSequence token, ToolCallSink sink) {
        accept(token, sink);
    }

    /**
     * Ends the completion: what was held back is told.
     *
     * @param sink told the rest
     */
    void finish(ToolCallSink sink);
}
