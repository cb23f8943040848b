package dev.tokamak.protocol.openai;

import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.ArrayList;
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
        List<Prompt> prompts = prompts(fields);
        SamplingParams.Builder params = sampling.read(fields);
        params.maxTokens(fields.integer("max_tokens", 1, Integer.MAX_VALUE).orElse(DEFAULT_MAX_TOKENS));
        OptionalInt logprobs = fields.integer("logprobs", -1, Integer.MAX_VALUE);
        if (logprobs.isPresent()) {
            params.logprobs(sampling.likeliest("logprobs", logprobs.getAsInt()));
        }
        StructuredOutputFields.read(fields).ifPresent(params::structuredOutput);
        return new CompletionCall(
                serving,
                envelope,
                prompts,
                PromptLimit.read(fields),
                SamplingFields.build(params),
                StructuredOutputFields.field(fields));
    }

    /** A text, a list of texts, a list of token ids, or a list of lists of token ids. */
    private List<Prompt> prompts(Fields fields) {
        boolean addSpecialTokens = fields.bool("add_special_tokens", true);
        Object prompt = fields.any("prompt").orElseThrow(() -> ProtocolException.missing("prompt"));
        if (prompt instanceof String text) {
            return List.of(new Prompt.Text(text, addSpecialTokens));
        }
        if (!(prompt instanceof List<?> list)) {
            throw Fields.wrongType("prompt", "a string, a list of strings, or token ids", prompt);
        }
        if (list.isEmpty()) {
            throw ProtocolException.invalidValue("prompt", "prompt must not be an empty list");
        }
        if (list.get(0) instanceof Number) {
            return List.of(tokens("prompt", list));
        }
        if (list.size() > MAX_PROMPTS) {
            throw ProtocolException.invalidValue(
                    "prompt", "prompt has " + list.size() + " items, at most " + MAX_PROMPTS + " are allowed");
        }
        List<Prompt> prompts = new ArrayList<>();
        for (Object item : list) {
            String path = "prompt[" + prompts.size() + "]";
            if (item instanceof String text) {
                prompts.add(new Prompt.Text(text, addSpecialTokens));
            } else if (item instanceof List<?> ids) {
                prompts.add(tokens(path, ids));
            } else {
                throw Fields.wrongType(path, "a string or a list of token ids", item);
            }
        }
        return prompts;
    }

    private Prompt tokens(String path, List<?> list) {
        if (list.isEmpty()) {
            throw ProtocolException.invalidValue(path, path + " must not be an empty list");
        }
        int lastId = serving.card().vocabularySize() - 1;
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) Fields.whole(path + "[" + i + "]", list.get(i), 0, lastId);
        }
        return Prompt.tokens(ids);
    }
}
