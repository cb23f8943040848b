package dev.tokamak.api;

import java.util.List;

/**
 * The log probability of one generated token, and of the likeliest tokens at its position, before temperature,
 * penalties and masks.
 *
 * @param tokenId the token
 * @param logprob natural logarithm of its probability, at most 0
 * @param rank its place among all tokens by probability, from 1
 * @param top the likeliest tokens at this position, best first; as many as were asked for; their own {@code top} is empty
 * @since 0.1
 */
@Stable
public record TokenLogprob(int tokenId, float logprob, int rank, List<TokenLogprob> top) {
    /** Copies the list. */
    public TokenLogprob {
        top = List.copyOf(top);
    }
}
