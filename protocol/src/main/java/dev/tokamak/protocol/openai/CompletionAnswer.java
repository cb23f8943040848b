package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.TokenLogprob;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
        Optional<PromptEcho> echo = call.echo(prompt);
        OptionalInt count = call.promptLogprobs();
        return new Completion.Choice(
                index,
                echo.map(PromptEcho::text).orElse("") + output.text(),
                logprobs(echo, promptLogprobs, output, tokens),
                FinishReasons.word(output),
                output.stopReason().orElse(null),
                count.isPresent() ? PromptLogprob.list(promptLogprobs, count.getAsInt(), tokens) : null,
                call.promptTokenIds(prompt).map(ChatAnswer::ids).orElse(null),
                envelope.returnTokenIds() ? ChatAnswer.ids(output.tokenIds()) : null);
    }

    private Completion.Logprobs logprobs(
            Optional<PromptEcho> echo, List<TokenLogprob> scores, CompletionOutput output, TokenTexts tokens) {
        OptionalInt count = call.params().logprobs();
        if (count.isEmpty()) {
            return null;
        }
        CompletionLogprobs logprobs = new CompletionLogprobs(tokens);
        echo.ifPresent(prompt -> logprobs.addPrompt(prompt, scores, count.getAsInt()));
        logprobs.add(output, echo.map(PromptEcho::length).orElse(0));
        return logprobs.body();
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
