package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.TokenLogprob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the {@code logprobs} of completions, in which the likeliest tokens are an object's keys: no two may be written alike. */
final class CompletionLogprobs {
    private CompletionLogprobs() {}

    /** The body for an output's tokens. */
    static Completion.Logprobs of(CompletionOutput output, TokenTexts tokens) {
        List<String> texts = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        List<Map<String, Double>> tops = new ArrayList<>();
        for (TokenLogprob logprob : output.logprobs()) {
            texts.add(tokens.spelled(logprob.tokenId()));
            values.add(ChatLogprobs.decimal(logprob));
            tops.add(top(logprob, tokens));
        }
        List<Integer> offsets = Arrays.stream(output.textOffsets()).boxed().toList();
        return new Completion.Logprobs(texts, values, tops, offsets);
    }

    /** The token that was drawn is found by its text; another one that is written as one before is written by its id. */
    private static Map<String, Double> top(TokenLogprob drawn, TokenTexts tokens) {
        String drawnText = tokens.spelled(drawn.tokenId());
        Map<String, Double> top = new LinkedHashMap<>();
        for (TokenLogprob likely : drawn.top()) {
            String text = tokens.spelled(likely.tokenId());
            boolean taken = top.containsKey(text) || text.equals(drawnText);
            boolean another = likely.tokenId() != drawn.tokenId();
            top.put(taken && another ? TokenTexts.byId(likely.tokenId()) : text, ChatLogprobs.decimal(likely));
        }
        top.putIfAbsent(drawnText, ChatLogprobs.decimal(drawn));
        return top;
    }
}
