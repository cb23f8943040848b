package dev.tokamak.protocol.openai;

import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A plain completion of one or more prompts. The choices of prompt {@code p} are numbered from {@code p * n}. */
final class CompletionCall extends GenerationCall {
    private final Serving serving;
    private final Envelope envelope;
    private final List<Prompt> prompts;
    private final PromptLimit limit;
    private final SamplingParams params;
    private final Optional<String> formatField;
    private final List<Prompt> submitted = new ArrayList<>();

    CompletionCall(
            Serving serving,
            Envelope envelope,
            List<Prompt> prompts,
            PromptLimit limit,
            SamplingParams params,
            Optional<String> formatField) {
        super(serving, envelope);
        this.serving = serving;
        this.envelope = envelope;
        this.prompts = prompts;
        this.limit = limit;
        this.params = params;
        this.formatField = formatField;
    }

    @Override
    String promptField() {
        return "prompt";
    }

    @Override
    List<GenerationRequest> requests(OutputKind kind) {
        SamplingParams ofKind = params.toBuilder().outputKind(kind).build();
        List<GenerationRequest> requests = new ArrayList<>();
        boolean tokensNeeded =
                envelope.returnTokenIds() || params.promptLogprobs().isPresent();
        long told = 0;
        for (Prompt prompt : prompts) {
            Prompt limited = limit.apply(prompt, tokensNeeded, serving);
            submitted.add(limited);
            if (params.promptLogprobs().isPresent()) {
                told += (params.promptLogprobs().getAsInt() + 1L)
                        * params.n()
                        * ((Prompt.Tokens) limited).tokenIds().length;
                PromptLogprob.checkCount(told, "prompt_logprobs");
            }
            requests.add(envelope.request(limited, ofKind, requests.size(), List.of()));
        }
        return requests;
    }

    Envelope envelope() {
        return envelope;
    }

    @Override
    String formatField() {
        return formatField.orElse("response_format");
    }

    @Override
    SamplingParams params() {
        return params;
    }

    int choiceCount() {
        return prompts.size() * params.n();
    }

    /** A prompt's tokens, where the client wants them. */
    Optional<int[]> promptTokenIds(int prompt) {
        return envelope.returnTokenIds()
                ? Optional.of(((Prompt.Tokens) submitted.get(prompt)).tokenIds())
                : Optional.empty();
    }

    @Override
    Answer answer() {
        return new CompletionAnswer(serving, this);
    }

    @Override
    EventWriter events() {
        return new CompletionEvents(serving, this);
    }
}
