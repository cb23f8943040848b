package dev.tokamak.protocol.openai;

import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A plain completion of one or more prompts. The choices of prompt {@code p} are numbered from {@code p * n}. */
final class CompletionCall extends GenerationCall {
    private final Serving serving;
    private final Envelope envelope;
    private final List<Prompt> prompts;
    private final PromptLimit limit;
    private final ToldPrompt told;
    private final SamplingParams params;
    private final Optional<String> formatField;
    private final List<Prompt> submitted = new ArrayList<>();
    private final List<PromptEcho> echoes = new ArrayList<>();

    CompletionCall(
            Serving serving,
            Envelope envelope,
            List<Prompt> prompts,
            PromptLimit limit,
            ToldPrompt told,
            SamplingParams params,
            Optional<String> formatField) {
        super(serving, envelope);
        this.serving = serving;
        this.envelope = envelope;
        this.prompts = prompts;
        this.limit = limit;
        this.told = told;
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
        Serving within = params.maxTokens().orElse(1) > 0 ? serving : serving.withoutAnswer();
        boolean tellsPrompt = told.echo() || told.logprobs().isPresent();
        long places = (long) params.n() * (params.promptLogprobs().orElse(0) + 1);
        long count = 0;
        for (Prompt prompt : prompts) {
            Prompt limited = limit.apply(prompt, tellsPrompt || envelope.returnTokenIds(), within);
            submitted.add(limited);
            if (tellsPrompt) {
                count += places * ((Prompt.Tokens) limited).tokenIds().length;
                PromptLogprob.checkCount(count, told.field());
            }
            if (told.echo()) {
                echoes.add(echo(prompt, ((Prompt.Tokens) limited).tokenIds()));
            }
            requests.add(envelope.request(limited, ofKind, requests.size(), List.of()));
        }
        return requests;
    }

    private PromptEcho echo(Prompt asked, int[] tokenIds) {
        return PromptEcho.of(
                asked, tokenIds, serving.vocabulary(), ids -> serving.engine().decode(ids, false));
    }

    /** What is repeated of a prompt ahead of its completions. */
    Optional<PromptEcho> echo(int prompt) {
        return told.echo() ? Optional.of(echoes.get(prompt)) : Optional.empty();
    }

    /** How many of the likeliest tokens {@code prompt_logprobs} has. */
    OptionalInt promptLogprobs() {
        return told.logprobs();
    }

    @Override
    String promptLogprobsField() {
        return told.field();
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
