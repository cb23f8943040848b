package dev.tokamak.spi.reasoning;

import dev.tokamak.api.Stable;
import java.util.List;
import java.util.Map;

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
