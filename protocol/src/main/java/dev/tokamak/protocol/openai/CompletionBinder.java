package dev.tokamak.protocol.openai;

import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.PromptField;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.List;
import java.util.OptionalInt;

/** Reads the body of a plain completion request. */
final class CompletionBinder {
    private static final int MAX_PROMPTS = 1_024;
    private static final int DEFAULT_MAX_TOKENS = 16;

    private final Serving serving;
    private final SamplingFields sampling;

    CompletionBinder(Serving serving) {
        this.serving = serving;
        this.sampling = new SamplingFields(serving);
    }

    Call bind(Fields fields) {
        Envelope envelope = Envelope.read(fields, "cmpl-", serving.card());
        List<Prompt> prompts = PromptField.read(
                        fields, "prompt", MAX_PROMPTS, serving.card().vocabularySize())
                .prompts();
        SamplingParams.Builder params = sampling.read(fields);
        boolean echo = fields.bool("echo", false);
        int maxTokens = maxTokens(fields, echo);
        params.maxTokens(maxTokens);
        OptionalInt logprobs = logprobs(fields);
        logprobs.ifPresent(params::logprobs);
        ToldPrompt told = new ToldPrompt(echo, sampling.promptLogprobs(fields, envelope.stream()));
        if (told.logprobs().isPresent() || echo && (logprobs.isPresent() || maxTokens == 0)) {
            params.promptLogprobs(Math.max(told.logprobs().orElse(0), echo ? logprobs.orElse(0) : 0));
        }
        StructuredOutputFields.read(fields).ifPresent(params::structuredOutput);
        return new CompletionCall(
                serving,
                envelope,
                prompts,
                PromptLimit.read(fields),
                told,
                SamplingFields.build(params),
                StructuredOutputFields.field(fields));
    }

    /** Nothing is generated where only the prompt is asked for. */
    private static int maxTokens(Fields fields, boolean echo) {
        int maxTokens = fields.integer("max_tokens", 0, Integer.MAX_VALUE).orElse(DEFAULT_MAX_TOKENS);
        if (maxTokens == 0 && !echo) {
            throw ProtocolException.invalidValue(
                    "max_tokens", "max_tokens must be at least 1, or 0 with echo: true, got 0");
        }
        return maxTokens;
    }

    private OptionalInt logprobs(Fields fields) {
        OptionalInt count = fields.integer("logprobs", -1, Integer.MAX_VALUE);
        return count.isPresent() ? OptionalInt.of(sampling.likeliest("logprobs", count.getAsInt())) : count;
    }
}
