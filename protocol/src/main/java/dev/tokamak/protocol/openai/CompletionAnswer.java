package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.TokenLogprob;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Collects plain completions that are answered with one document. */
final class CompletionAnswer implements GenerationCall.Answer {
    private final Serving serving;
    private final CompletionCall call;
    private final Completion.Choice[] choices;

    CompletionAnswer(Serving serving, CompletionCall call) {
        this.serving = serving;
        this.call = call;
        this.choices = new Completion.Choice[call.choiceCount()];
    }

    @Override
    public void accept(int prompt, RequestOutput output) {
        for (CompletionOutput completion : output.outputs()) {
            int index = prompt * call.params().n() + completion.index();
            choices[index] = choice(prompt, index, completion, output.promptLogprobs());
        }
    }

    private Completion.Choice choice(
            int prompt, int index, CompletionOutput output, List<TokenLogprob> promptLogprobs) {
        Envelope envelope = call.envelope();
        TokenTexts tokens = new TokenTexts(serving.vocabulary(), envelope.tokensAsIds());
        Completion.Logprobs logprobs =
                call.params().logprobs().isPresent() ? CompletionLogprobs.of(output, tokens) : null;
        OptionalInt count = call.params().promptLogprobs();
        return new Completion.Choice(
                index,
                output.text(),
                logprobs,
                FinishReasons.word(output),
                output.stopReason().orElse(null),
                count.isPresent() ? PromptLogprob.list(promptLogprobs, count.getAsInt(), tokens) : null,
                call.promptTokenIds(prompt).map(ChatAnswer::ids).orElse(null),
                envelope.returnTokenIds() ? ChatAnswer.ids(output.tokenIds()) : null);
    }

    @Override
    public byte[] body(Usage usage) {
        Envelope envelope = call.envelope();
        return Bodies.write(new Completion(
                envelope.id(),
                "text_completion",
                envelope.created(),
                serving.modelName(),
                Arrays.asList(choices),
                null,
                usage.body()));
    }
}
