package dev.tokamak.protocol.openai;

import dev.tokamak.api.RequestOutput;
import dev.tokamak.protocol.json.JsonBuffer;

/** Tokens counted over the prompts of a call. */
final class Usage {
    private final boolean details;
    private final int[] prompt;
    private final int[] cached;
    private final int[] generated;

    /**
     * @param prompts how many there are
     * @param details whether it is told how many tokens came from the prefix cache
     */
    Usage(int prompts, boolean details) {
        this.details = details;
        prompt = new int[prompts];
        cached = new int[prompts];
        generated = new int[prompts];
    }

    void update(int index, RequestOutput output) {
        prompt[index] = output.promptTokens();
        cached[index] = output.cachedTokens();
        generated[index] = output.generatedTokens();
    }

    private static int sum(int[] counts) {
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }

    UsageBody body() {
        return new UsageBody(
                sum(prompt),
                sum(prompt) + sum(generated),
                sum(generated),
                details ? new UsageBody.PromptTokens(sum(cached)) : null);
    }

    void write(JsonBuffer json) {
        json.raw("{\"prompt_tokens\":").number(sum(prompt));
        json.raw(",\"total_tokens\":").number(sum(prompt) + sum(generated));
        json.raw(",\"completion_tokens\":").number(sum(generated));
        if (details) {
            json.raw(",\"prompt_tokens_details\":{\"cached_tokens\":").number(sum(cached));
            json.raw("}");
        }
        json.raw("}");
    }
}
