package dev.tokamak.spi.toolparser;

import dev.tokamak.api.Stable;
import dev.tokamak.api.StructuredOutput;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

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
     * Makes a parser for one completion whose text comes with what is a token in it: each text for which {@code tokens} holds
     * is given to {@link ToolParser#acceptToken} where the model wrote that token, and to {@link ToolParser#accept} where it only
     * spelled it. A mark that is such a token need not be believed elsewhere.
     *
     * @param tools of the request; possibly none
     * @param tokens whether a text is an added token of the model's vocabulary; thread-safe, the same object for many requests
     * @return a new parser, used by one thread at a time; unless overridden, one that decides by text
     * @since 0.2
     */
    default ToolParser create(List<ToolDefinition> tools, Predicate<String> tokens) {
        return create(tools);
    }

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
     * The format's own grammar for {@link ToolChoice.Mode#AUTO}: any text, in which a call, once it has begun, is one of the tools',
     * and the arguments of tools that are {@link ToolDefinition#strict()} follow their schema.
     *
     * @param tools of the request, at least one of them strict
     * @param parallel whether several calls are allowed; if not, the text ends behind the first
     * @return empty if the format has no such grammar; the model is free then
     */
    default Optional<StructuredOutput> autoGrammar(List<ToolDefinition> tools, boolean parallel) {
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
