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
    private final TokenTexts tokens;
    private final List<String> texts = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();
    private final List<Map<String, Double>> tops = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();

    /** Without any tokens. */
    CompletionLogprobs(TokenTexts tokens) {
        this.tokens = tokens;
    }

    /**
     * Adds the tokens of a prompt. Nothing is before the first, so that nobody knows how likely it was.
     *
     * @param echo of the prompt
     * @param scores of its tokens from the second one on
     * @param count how many of the likeliest tokens are told at each place
     */
    void addPrompt(PromptEcho echo, List<TokenLogprob> scores, int count) {
        for (int i = 0; i < echo.tokenIds().length; i++) {
            texts.add(tokens.spelled(echo.tokenIds()[i]));
            values.add(i == 0 ? null : (Double) ChatLogprobs.decimal(scores.get(i - 1)));
            tops.add(i == 0 ? null : top(scores.get(i - 1), count));
            offsets.add(echo.offsets()[i]);
        }
    }

    /**
     * Adds the tokens of an output.
     *
     * @param output with log probabilities
     * @param from where the completion begins in the text, in code points
     */
    void add(CompletionOutput output, int from) {
        for (TokenLogprob logprob : output.logprobs()) {
            texts.add(tokens.spelled(logprob.tokenId()));
            values.add(ChatLogprobs.decimal(logprob));
            tops.add(top(logprob, Integer.MAX_VALUE));
        }
        Arrays.stream(output.textOffsets()).forEach(offset -> offsets.add(from + offset));
    }

    /** The body for what was added. */
    Completion.Logprobs body() {
        return new Completion.Logprobs(texts, values, tops, offsets);
    }

    /** The token that was drawn is found by its text; another one that is written as one before is written by its id. */
    private Map<String, Double> top(TokenLogprob drawn, int count) {
        String drawnText = tokens.spelled(drawn.tokenId());
        Map<String, Double> top = new LinkedHashMap<>();
        for (TokenLogprob likely : PromptLogprob.likeliest(drawn, count)) {
            String text = tokens.spelled(likely.tokenId());
            boolean taken = top.containsKey(text) || text.equals(drawnText);
            boolean another = likely.tokenId() != drawn.tokenId();
            top.put(taken && another ? TokenTexts.byId(likely.tokenId()) : text, ChatLogprobs.decimal(likely));
        }
        top.putIfAbsent(drawnText, ChatLogprobs.decimal(drawn));
        return top;
    }
}
