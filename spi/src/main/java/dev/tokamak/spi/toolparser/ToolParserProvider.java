package dev.tokamak.spi.toolparser;

import dev.tokamak.api.Stable;
import dev.tokamak.api.StructuredOutput;
import java.util.List;
import java.util.Optional;

/**
 * Makes parsers for one wire format of tool calls, such as {@code hermes}.
 *
 * @since 0.1
 */
@Stable
public interface ToolParserProvider {
    /**
     * The name by which {@code --tool-call-parser} chooses this format.
     *
     * @return lower case
     */
    String name();

    /**
     * Makes a parser for one completion.
     *
     * @param tools of the request; possibly none
     * @return a new parser, used by one thread at a time
     */
    ToolParser create(List<ToolDefinition> tools);

    /**
     * The format's own grammar for a choice, to hold a model to it.
     *
     * @param tools of the request, at least one
     * @param choice {@link ToolChoice.Mode#REQUIRED} or {@link ToolChoice.Mode#NAMED}
     * @return empty if the format has no grammar; such choices are then refused
     */
    default Optional<StructuredOutput> grammar(List<ToolDefinition> tools, ToolChoice choice) {
        return Optional.empty();
    }

    /**
     * Whether the format's marks are special tokens, so that the parser must see text with special tokens in it.
     *
     * @return false unless overridden
     */
    default boolean needsSpecialTokens() {
        return false;
    }
}
