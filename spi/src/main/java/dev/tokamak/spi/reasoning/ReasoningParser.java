package dev.tokamak.spi.reasoning;

import dev.tokamak.api.Stable;

/**
 * Splits one completion into reasoning and the rest. Used by one thread at a time. However the text is cut into deltas, what
 * the sink is told adds up to the same.
 *
 * @since 0.1
 */
@Stable
public interface ReasoningParser {
    /**
     * Takes the next part of the completion.
     *
     * @param text never empty
     * @param sink told what has become certain
     */
    void accept(CharSequence text, Sink sink);

    /**
     * Takes what the model wrote as one added token of its vocabulary. A parser that was made with
     * {@link ReasoningParserProvider#create(String, java.util.Map, java.util.function.Predicate)} tells by this a mark from text that
     * spells it.
     *
     * @param token the token's text
     * @param sink told what has become certain
     * @since 0.2
     */
    default void acceptToken(CharSequence token, Sink sink) {
        accept(token, sink);
    }

    /**
     * Ends the completion: what was held back is told.
     *
     * @param sink told the rest
     */
    void finish(Sink sink);

    /**
     * Whether the reasoning has ended, so that what comes next is content.
     *
     * @return true from then on; where the format may open reasoning once more behind content, false again within that
     */
    boolean ended();

    /**
     * Is told what a {@link ReasoningParser} found, in order.
     *
     * @since 0.1
     */
    @Stable
    interface Sink {
        /**
         * Thinking.
         *
         * @param text never empty
         */
        void reasoning(String text);

        /**
         * Anything else; it goes to the tool parser if there is one.
         *
         * @param text never empty
         */
        void content(String text);

        /**
         * Content that the model wrote as one added token, which {@link ReasoningParser#acceptToken} was given.
         *
         * @param token the token's text
         * @since 0.2
         */
        default void contentToken(String token) {
            content(token);
        }
    }
}
