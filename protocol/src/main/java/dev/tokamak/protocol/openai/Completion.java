package dev.tokamak.protocol.openai;

import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * The answer to a completion request.
 *
 * @param id the answer's id
 * @param object {@code text_completion}
 * @param created seconds since 1970
 * @param model the model's name
 * @param choices the completions of all prompts
 * @param systemFingerprint always null: this server makes none
 * @param usage tokens counted
 */
@JsonbPropertyOrder({"id", "object", "created", "model", "choices", "systemFingerprint", "usage"})
public record Completion(
        String id,
        String object,
        long created,
        String model,
        List<Choice> choices,

        @JsonbNillable @JsonbProperty("system_fingerprint") String systemFingerprint,

        UsageBody usage) {
    /**
     * One completion.
     *
     * @param index from 0
     * @param text what was generated
     * @param logprobs {@link Logprobs}, or null; an Object, because Yasson leaves out a null of a record's type
     * @param finishReason why it ended
     * @param stopReason the stop string or stop token that ended it, or null
     * @param promptLogprobs how likely its prompt's tokens were, or null
     * @param promptTokenIds its prompt's tokens, or null
     * @param tokenIds its tokens, or null
     */
    @JsonbPropertyOrder({
        "index",
        "text",
        "logprobs",
        "finishReason",
        "stopReason",
        "promptLogprobs",
        "promptTokenIds",
        "tokenIds"
    })
    public record Choice(
            int index,
            String text,

            @JsonbNillable @JsonbProperty("logprobs") Object logprobs,

            @JsonbProperty("finish_reason") String finishReason,

            @JsonbNillable @JsonbProperty("stop_reason") Object stopReason,

            @JsonbProperty("prompt_logprobs") List<Map<String, PromptLogprob>> promptLogprobs,
            @JsonbProperty("prompt_token_ids") List<Integer> promptTokenIds,
            @JsonbProperty("token_ids") List<Integer> tokenIds) {}

    /**
     * Log probabilities, one list each.
     *
     * @param tokens their texts; parts of characters as {@code bytes:\\xNN}
     * @param tokenLogprobs natural logarithms of their probabilities
     * @param topLogprobs the likeliest tokens at each place, and the token itself
     * @param textOffset where each token begins in the text, in code points
     */
    @JsonbPropertyOrder({"tokens", "tokenLogprobs", "topLogprobs", "textOffset"})
    public record Logprobs(
            List<String> tokens,
            @JsonbProperty("token_logprobs") List<Double> tokenLogprobs,
            @JsonbProperty("top_logprobs") List<Map<String, Double>> topLogprobs,
            @JsonbProperty("text_offset") List<Integer> textOffset) {}
}
