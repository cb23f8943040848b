package dev.tokamak.api;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a chat template is rendered from. Values are what JSON has: {@link Map} in insertion order, {@link List},
 * {@link String}, {@link Long}, {@link Double}, {@link Boolean} and null. Arguments of earlier tool calls are maps, not
 * JSON text, so that a template's {@code tojson} prints them as Python would.
 *
 * @param messages the conversation, in OpenAI's shape
 * @param tools the tools' definitions in OpenAI's shape ({@code {"type":"function","function":{…}}}), or none
 * @param addGenerationPrompt whether the text ends where the assistant's turn begins
 * @param continueFinalMessage whether the last message is left open, to be continued
 * @param variables further template variables such as {@code enable_thinking}; they win over the above
 * @param template a template to use instead of the model's own
 * @since 0.1
 */
@Stable
public record ChatPrompt(
        List<Map<String, Object>> messages,
        List<Map<String, Object>> tools,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        Map<String, Object> variables,
        Optional<String> template) {
    /** Refuses null. */
    public ChatPrompt {
        Objects.requireNonNull(messages, "messages");
        Objects.requireNonNull(tools, "tools");
        Objects.requireNonNull(variables, "variables");
        Objects.requireNonNull(template, "template");
    }

    /**
     * A conversation without tools, up to where the assistant's turn begins.
     *
     * @param messages the conversation
     * @return a prompt
     */
    public static ChatPrompt of(List<Map<String, Object>> messages) {
        return new ChatPrompt(messages, List.of(), true, false, Map.of(), Optional.empty());
    }
}
