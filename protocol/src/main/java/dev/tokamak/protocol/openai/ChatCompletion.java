package dev.tokamak.protocol.openai;

import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * The answer to a chat request. Components that may be null are left out then, unless OpenAI's own answers say null.
 *
 * @param id the answer's id
 * @param object {@code chat.completion}
 * @param created seconds since 1970
 * @param model the model's name
 * @param choices the {@code n} completions
 * @param systemFingerprint always null: this server makes none
 * @param usage tokens counted
 * @param promptLogprobs how likely the prompt's tokens were, or null
 * @param promptTokenIds the prompt's tokens, or null
 */
@JsonbPropertyOrder({
    "id",
    "object",
    "created",
    "model",
    "choices",
    "systemFingerprint",
    "usage",
    "promptLogprobs",
    "promptTokenIds"
})
public record ChatCompletion(
        String id,
        String object,
        long created,
        String model,
        List<Choice> choices,

        @JsonbNillable @JsonbProperty("system_fingerprint") String systemFingerprint,

        UsageBody usage,
        @JsonbProperty("prompt_logprobs") List<Map<String, PromptLogprob>> promptLogprobs,
        @JsonbProperty("prompt_token_ids") List<Integer> promptTokenIds) {
    /**
     * One completion.
     *
     * @param index from 0
     * @param message what was said
     * @param logprobs a {@link ChatLogprobs}, or null; an Object, because Yasson leaves out a null of a record's type
     * @param finishReason why it ended
     * @param stopReason the stop string or stop token that ended it, or null
     * @param tokenIds its tokens, or null
     */
    @JsonbPropertyOrder({"index", "message", "logprobs", "finishReason", "stopReason", "tokenIds"})
    public record Choice(
            int index,
            Message message,

            @JsonbNillable @JsonbProperty("logprobs") Object logprobs,

            @JsonbProperty("finish_reason") String finishReason,

            @JsonbNillable @JsonbProperty("stop_reason") Object stopReason,

            @JsonbProperty("token_ids") List<Integer> tokenIds) {}

    /**
     * What was said.
     *
     * @param role {@code assistant}
     * @param content null where there are only calls or reasoning
     * @param refusal always null: that is the model's content here
     * @param reasoning or null
     * @param toolCalls or null
     */
    @JsonbPropertyOrder({"role", "content", "refusal", "reasoning", "toolCalls"})
    public record Message(
            String role,

            @JsonbNillable @JsonbProperty("content") String content,

            @JsonbNillable @JsonbProperty("refusal") String refusal,

            String reasoning,
            @JsonbProperty("tool_calls") List<ToolCall> toolCalls) {}

    /**
     * A call of a tool.
     *
     * @param id to answer it by
     * @param type {@code function}
     * @param function which, with what
     */
    @JsonbPropertyOrder({"id", "type", "function"})
    public record ToolCall(String id, String type, Function function) {}

    /**
     * A function and its arguments.
     *
     * @param name of the function
     * @param arguments JSON in a string
     */
    @JsonbPropertyOrder({"name", "arguments"})
    public record Function(String name, String arguments) {}
}
