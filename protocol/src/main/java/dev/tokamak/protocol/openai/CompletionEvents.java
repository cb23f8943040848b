package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.TokenLogprob;
import dev.tokamak.protocol.json.JsonBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes plain completions as chunks, each with some text; the last one of a choice says why it ended. */
final class CompletionEvents implements EventWriter {
    private static final byte[] NO_LOGPROBS_NO_END =
            "\",\"logprobs\":null,\"finish_reason\":null".getBytes(StandardCharsets.US_ASCII);

    private final CompletionCall call;
    private final Envelope envelope;
    private final byte[] head;
    private final byte[][] beginOfChoice;
    private final TokenTexts tokens;

    /** By prompt, the log probabilities of its tokens, which come once and go with the first event of each of its choices. */
    private final Map<Integer, List<TokenLogprob>> scores = new HashMap<>();

    CompletionEvents(Serving serving, CompletionCall call) {
        this.call = call;
        this.envelope = call.envelope();
        this.head = new JsonBuffer()
                .raw("data: {\"id\":")
                .string(envelope.id())
                .raw(",\"object\":\"text_completion\",\"created\":")
                .number(envelope.created())
                .raw(",\"model\":")
                .string(serving.modelName())
                .raw(",\"choices\":[")
                .toByteArray();
        this.beginOfChoice = new byte[call.choiceCount()][];
        this.tokens = new TokenTexts(serving.vocabulary(), envelope.tokensAsIds());
    }

    @Override
    public void write(int prompt, RequestOutput output, Usage usage, JsonBuffer out) {
        if (!output.promptLogprobs().isEmpty()) {
            scores.put(prompt, output.promptLogprobs());
        }
        for (CompletionOutput completion : output.outputs()) {
            boolean more = !completion.text().isEmpty()
                    || call.echo(prompt).isPresent() && beginOfChoice[index(prompt, completion)] == null
                    || completion.finishReason().isPresent()
                    || completion.tokenIds().length > 0
                            && (call.params().logprobs().isPresent() || envelope.returnTokenIds());
            if (more) {
                writeChoice(prompt, completion, out);
                endFrame(usage, out);
            }
        }
    }

    private int index(int prompt, CompletionOutput output) {
        return prompt * call.params().n() + output.index();
    }

    private void writeChoice(int prompt, CompletionOutput output, JsonBuffer out) {
        int index = index(prompt, output);
        String reason = output.finishReason().isPresent() ? FinishReasons.word(output) : null;
        boolean first = beginOfChoice[index] == null;
        if (first) {
            beginOfChoice[index] = new JsonBuffer()
                    .raw(head)
                    .raw("{\"index\":")
                    .number(index)
                    .raw(",\"text\":\"")
                    .toByteArray();
        }
        Optional<PromptEcho> echo = call.echo(prompt);
        out.raw(beginOfChoice[index]);
        echo.filter(repeated -> first).ifPresent(repeated -> out.escaped(repeated.text()));
        out.escaped(output.text());
        Map<String, Object> logprobs = logprobs(prompt, first, output);
        if (reason == null && logprobs == null) {
            out.raw(NO_LOGPROBS_NO_END);
        } else {
            out.raw("\",\"logprobs\":").value(logprobs);
            out.raw(",\"finish_reason\":").value(reason);
            out.raw(",\"stop_reason\":").value(output.stopReason().orElse(null));
        }
        if (envelope.returnTokenIds()) {
            if (first) {
                out.raw(",\"prompt_token_ids\":")
                        .value(ChatAnswer.ids(call.promptTokenIds(prompt).orElseThrow()));
            }
            out.raw(",\"token_ids\":").value(ChatAnswer.ids(output.tokenIds()));
        }
        out.raw("}]");
    }

    private Map<String, Object> logprobs(int prompt, boolean first, CompletionOutput output) {
        Optional<PromptEcho> echo = call.echo(prompt);
        OptionalInt count = call.params().logprobs();
        boolean repeats = first && echo.isPresent();
        if (count.isEmpty() || !repeats && output.logprobs().isEmpty()) {
            return null;
        }
        CompletionLogprobs told = new CompletionLogprobs(tokens);
        if (repeats) {
            told.addPrompt(echo.get(), scores.getOrDefault(prompt, List.of()), count.getAsInt());
        }
        told.add(output, echo.map(PromptEcho::length).orElse(0));
        Completion.Logprobs next = told.body();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("tokens", next.tokens());
        body.put("token_logprobs", next.tokenLogprobs());
        body.put("top_logprobs", next.topLogprobs());
        body.put("text_offset", next.textOffset());
        return body;
    }

    private void endFrame(Usage usage, JsonBuffer out) {
        if (envelope.continuousUsage()) {
            out.raw(",\"usage\":");
            usage.write(out);
        } else if (envelope.includeUsage()) {
            out.raw(",\"usage\":null");
        }
        out.raw("}\n\n");
    }

    @Override
    public void end(Usage usage, JsonBuffer out) {
        if (envelope.includeUsage()) {
            out.raw(head).raw("],\"usage\":");
            usage.write(out);
            out.raw("}\n\n");
        }
    }
}
