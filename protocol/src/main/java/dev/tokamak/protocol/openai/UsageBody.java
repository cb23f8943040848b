package dev.tokamak.protocol.openai;

import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbPropertyOrder;

/**
 * The {@code usage} of an answer.
 *
 * @param promptTokens tokens of the prompts
 * @param totalTokens prompts and completions
 * @param completionTokens tokens generated
 * @param promptTokensDetails more about the prompts, or null where the operator did not ask for it
 */
@JsonbPropertyOrder({"promptTokens", "totalTokens", "completionTokens", "promptTokensDetails"})
public record UsageBody(
        @JsonbProperty("prompt_tokens") int promptTokens,
        @JsonbProperty("total_tokens") int totalTokens,
        @JsonbProperty("completion_tokens") int completionTokens,
        @JsonbProperty("prompt_tokens_details") PromptTokens promptTokensDetails) {
    /**
     * More about the prompts' tokens.
     *
     * @param cachedTokens how many came from the prefix cache
     */
    public record PromptTokens(
            @JsonbProperty("cached_tokens") int cachedTokens) {}
}
