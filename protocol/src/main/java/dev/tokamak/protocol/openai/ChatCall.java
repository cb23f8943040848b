package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.engine.output.StopStrings;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.spi.reasoning.ReasoningParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** A chat completion. */
final class ChatCall extends GenerationCall {
    private static final int PROMPT_TAIL = 512;

    private final Serving serving;
    private final ChatRequest request;
    private String promptTail = "";
    private Prompt prompt;
    private boolean constrained;

    /** By completion, where stop strings count in the answer only. */
    private final List<AnswerStop> stops = new ArrayList<>();

    private final StopStrings stopStrings;

    ChatCall(Serving serving, ChatRequest request) {
        super(serving, request.envelope());
        this.serving = serving;
        this.request = request;
        this.stopStrings = new StopStrings(request.params().stop());
    }

    @Override
    String promptField() {
        return "messages";
    }

    @Override
    SamplingParams params() {
        return request.params();
    }

    @Override
    String formatField() {
        return request.formatField().orElse("tools");
    }

    @Override
    List<GenerationRequest> requests(OutputKind kind) {
        String rendered = ChatRendering.render(request.prompt(), id(), serving);
        String text = EscapedContent.withoutMarks(rendered);
        promptTail = text.substring(Math.max(0, text.length() - PROMPT_TAIL));
        boolean marked = text.length() < rendered.length();
        Prompt whole = marked
                ? Prompt.tokens(EscapedContent.encode(rendered, request.addSpecialTokens(), serving.encoding()))
                : new Prompt.Text(text, request.addSpecialTokens());
        OptionalInt promptLogprobs = request.params().promptLogprobs();
        boolean tokensNeeded = request.envelope().returnTokenIds() || promptLogprobs.isPresent();
        prompt = request.limit().apply(whole, tokensNeeded, serving);
        promptLogprobs.ifPresent(count ->
                PromptLogprob.checkCount(((Prompt.Tokens) prompt).tokenIds().length * (count + 1L), "prompt_logprobs"));
        SamplingParams.Builder params = request.params().toBuilder().outputKind(kind);
        Optional<StructuredOutput> asked = request.params().structuredOutput();
        boolean thinksFirst =
                newReasoningParser(true).filter(parser -> !parser.ended()).isPresent();
        List<Integer> reasoningEnd = thinksFirst ? reasoningEnd() : List.of();
        boolean endIsSeen = !thinksFirst || !reasoningEnd.isEmpty();
        if (asked.isEmpty() && endIsSeen) {
            // Where nobody sees thinking end, the grammar would hold while the model thinks.
            asked = request.tools().strictGrammar();
            asked.ifPresent(params::structuredOutput);
        }
        constrained = asked.isPresent();
        stopInAnswer(params);
        GenerationRequest made =
                request.envelope().request(prompt, params.build(), 0, asked.isPresent() ? reasoningEnd : List.of());
        return List.of(
                stops.isEmpty()
                        ? made
                        : made.toBuilder().stopConditions(stops::get).build());
    }

    /** Where there may be reasoning, stop strings are for what follows it, which the engine cannot tell. */
    private void stopInAnswer(SamplingParams.Builder params) {
        SamplingParams asked = request.params();
        if (!asked.stop().isEmpty() && serving.reasoningParser().isPresent()) {
            params.stop(List.of());
            for (int i = 0; i < asked.n(); i++) {
                stops.add(new AnswerStop(
                        asked, stopStrings, newReasoningParser(true).orElseThrow(), serving.vocabulary()));
            }
        }
    }

    /** The tokens behind which a format holds. Where there are none, it holds at once. */
    private List<Integer> reasoningEnd() {
        List<Integer> ids = new ArrayList<>();
        for (String marker : serving.reasoningParser().get().endMarkers()) {
            OptionalInt added = serving.vocabulary().addedToken(marker);
            int[] encoded = added.isPresent()
                    ? new int[] {added.getAsInt()}
                    : serving.engine().encode(marker, false);
            if (encoded.length == 1) {
                ids.add(encoded[0]);
            }
        }
        return ids;
    }

    /**
     * A reasoning parser.
     *
     * @param marked whether it is told which of the text are tokens
     */
    private Optional<ReasoningParser> newReasoningParser(boolean marked) {
        Map<String, Object> variables = request.prompt().variables();
        return serving.reasoningParser()
                .map(p -> PluginKind.REASONING_PARSER.made(
                        p, marked ? p.create(promptTail, variables, marks()) : p.create(promptTail, variables)));
    }

    private Predicate<String> marks() {
        return serving.marks().in(request.params().skipSpecialTokens());
    }

    /**
     * What one of the {@code n} completions goes through. A grammar holds for text, and so a call that it forces is one however the
     * model has spelled it.
     */
    AssistantTurn newTurn(CompletionOutput output, AssistantTurn.Listener listener) {
        boolean marked = output.markSpans().isPresent();
        Optional<AnswerStop> stop = stops.isEmpty() ? Optional.empty() : Optional.of(stops.get(output.index()));
        return new AssistantTurn(
                newReasoningParser(marked),
                stop.map(end -> new StoppedAnswer(end, stopStrings)),
                marked && !constrained
                        ? request.tools().newParser(marks())
                        : request.tools().newParser(),
                request.includeReasoning(),
                request.tools().choice().parallel(),
                listener);
    }

    ChatRequest request() {
        return request;
    }

    /** The prompt's tokens, where the client wants them. */
    Optional<int[]> promptTokenIds() {
        return request.envelope().returnTokenIds()
                ? Optional.of(((Prompt.Tokens) prompt).tokenIds())
                : Optional.empty();
    }

    @Override
    Answer answer() {
        return new ChatAnswer(serving, this);
    }

    @Override
    EventWriter events() {
        return new ChatEvents(serving, this);
    }
}
