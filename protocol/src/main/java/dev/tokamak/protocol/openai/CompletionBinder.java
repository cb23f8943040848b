package dev.tokamak.protocol.openai;

import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.PromptField;
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
        params.maxTokens(fields.integer("max_tokens", 1, Integer.MAX_VALUE).orElse(DEFAULT_MAX_TOKENS));
        OptionalInt logprobs = fields.integer("logprobs", -1, Integer.MAX_VALUE);
        if (logprobs.isPresent()) {
            params.logprobs(sampling.likeliest("logprobs", logprobs.getAsInt()));
        }
        sampling.promptLogprobs(fields, envelope.stream()).ifPresent(params::promptLogprobs);
        StructuredOutputFields.read(fields).ifPresent(params::structuredOutput);
        return new CompletionCall(
                serving,
                envelope,
                prompts,
                PromptLimit.read(fields),
                SamplingFields.build(params),
                StructuredOutputFields.field(fields));
    }
}
