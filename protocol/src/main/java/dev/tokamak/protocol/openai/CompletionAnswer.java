package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.RequestOutput;
import java.util.Arrays;

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
            choices[index] = choice(prompt, index, completion);
        }
    }

    private Completion.Choice choice(int prompt, int index, CompletionOutput output) {
        Envelope envelope = call.envelope();
        Completion.Logprobs logprobs = call.params().logprobs().isPresent()
                ? CompletionLogprobs.of(output, new TokenTexts(serving.vocabulary(), envelope.tokensAsIds()))
                : null;
        return new Completion.Choice(
                index,
                output.text(),
                logprobs,
                FinishReasons.word(output),
                output.stopReason().orElse(null),
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
