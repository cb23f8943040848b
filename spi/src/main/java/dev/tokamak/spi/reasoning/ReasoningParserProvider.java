package dev.tokamak.spi.reasoning;

import dev.tokamak.api.Stable;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Makes parsers for one way of marking reasoning, such as {@code deepseek_r1}.
 *
 * @since 0.1
 */
@Stable
public interface ReasoningParserProvider {
    /**
     * The name by which {@code --reasoning-parser} chooses this format.
     *
     * @return lower case
     */
    String name();

    /**
     * Makes a parser for one completion.
     *
     * @param promptTail the end of the rendered prompt, which may have opened the reasoning already
     * @param templateVariables of the request, such as {@code enable_thinking}
     * @return a new parser, used by one thread at a time
     */
    ReasoningParser create(String promptTail, Map<String, Object> templateVariables);

    /**
     * Makes a parser for one completion whose text comes with what is a token in it: each text for which {@code tokens} holds
     * is given to {@link ReasoningParser#acceptToken} where the model wrote that token, and to {@link ReasoningParser#accept} where it
     * only spelled it. A mark that is such a token need not be believed elsewhere.
     *
     * @param promptTail the end of the rendered prompt, which may have opened the reasoning already
     * @param templateVariables of the request, such as {@code enable_thinking}
     * @param tokens whether a text is an added token of the model's vocabulary; thread-safe, the same object for many requests
     * @return a new parser, used by one thread at a time; unless overridden, one that decides by text
     * @since 0.2
     */
    default ReasoningParser create(String promptTail, Map<String, Object> templateVariables, Predicate<String> tokens) {
        return create(promptTail, templateVariables);
    }

    /**
     * The texts that end the reasoning, such as {@code </think>}. A grammar begins to hold behind them.
     *
     * @return at least one
     */
    List<String> endMarkers();

    /**
     * Whether the format's marks are special tokens, so that the parser must see text with special tokens in it.
     *
     * @return false unless overridden
     */
    default boolean needsSpecialTokens() {
        return false;
    }
}
