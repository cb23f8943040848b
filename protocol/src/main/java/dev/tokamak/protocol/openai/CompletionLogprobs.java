package dev.tokamak.protocol.openai;

import dev.tokamak.api.TokenLogprob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts the offsets of one completion's tokens while their log probabilities come in. */
final class CompletionLogprobs {
    private final TokenTexts tokens;
    private int offset;

    CompletionLogprobs(TokenTexts tokens) {
        this.tokens = tokens;
    }

    /** The body for further tokens. */
    Completion.Logprobs next(List<TokenLogprob> logprobs) {
        List<String> texts = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        List<Map<String, Double>> tops = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        for (TokenLogprob logprob : logprobs) {
            String text = tokens.text(logprob.tokenId());
            texts.add(text);
            values.add(ChatLogprobs.decimal(logprob));
            // Two tokens may be written alike, such as parts of characters: the likelier one is kept.
            Map<String, Double> top = new LinkedHashMap<>();
            logprob.top().forEach(t -> top.putIfAbsent(tokens.text(t.tokenId()), ChatLogprobs.decimal(t)));
            top.putIfAbsent(text, ChatLogprobs.decimal(logprob));
            tops.add(top);
            offsets.add(offset);
            offset += text.length();
        }
        return new Completion.Logprobs(texts, values, tops, offsets);
    }
}
