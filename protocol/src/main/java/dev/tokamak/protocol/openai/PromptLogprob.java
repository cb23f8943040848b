package dev.tokamak.protocol.openai;

import dev.tokamak.api.TokenLogprob;
import dev.tokamak.protocol.ProtocolException;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How likely a token was at a place of the prompt: an entry of {@code prompt_logprobs}.
 *
 * @param logprob natural logarithm of its probability
 * @param rank 1 for the likeliest token of its place
 * @param decodedToken its text
 */
@JsonbPropertyOrder({"logprob", "rank", "decodedToken"})
public record PromptLogprob(
        double logprob,
        int rank,
        @JsonbProperty("decoded_token") String decodedToken) {
    /** How many of them one answer may have: a few hundred bytes each while it is made. */
    private static final long MOST = 1 << 21;

    /**
     * The list for a prompt: an object for each of its tokens, whose keys are token ids, the prompt's own first. Nothing is before
     * the first token, so that its place has null.
     *
     * @param prompt from the second token on
     * @param count how many of the likeliest tokens are wanted
     * @param tokens how they are written
     */
    static List<Map<String, PromptLogprob>> list(List<TokenLogprob> prompt, int count, TokenTexts tokens) {
        List<Map<String, PromptLogprob>> places = new ArrayList<>(prompt.size() + 1);
        places.add(null);
        for (TokenLogprob own : prompt) {
            Map<String, PromptLogprob> place = new LinkedHashMap<>();
            place.put(Integer.toString(own.tokenId()), of(own, tokens));
            likeliest(own, count)
                    .forEach(each -> place.putIfAbsent(Integer.toString(each.tokenId()), of(each, tokens)));
            places.add(place);
        }
        return places;
    }

    private static PromptLogprob of(TokenLogprob logprob, TokenTexts tokens) {
        return new PromptLogprob(ChatLogprobs.decimal(logprob), logprob.rank(), tokens.decoded(logprob.tokenId()));
    }

    /** The first of the likeliest tokens at a place, of which there may be more than this reader asked for. */
    static List<TokenLogprob> likeliest(TokenLogprob at, int count) {
        return at.top().subList(0, Math.min(count, at.top().size()));
    }

    /**
     * Refuses an answer that would have too many, before any is computed.
     *
     * @param count how many it would have
     * @param field that asks for them
     */
    static void checkCount(long count, String field) {
        if (count > MOST) {
            throw ProtocolException.invalidValue(
                    field,
                    field + " asks for " + count + " tokens and log probabilities of prompts in one answer, at most "
                            + MOST
                            + " are given; send fewer or shorter prompts, or ask for fewer tokens at each place");
        }
    }
}
