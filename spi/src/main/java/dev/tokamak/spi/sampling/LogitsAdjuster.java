package dev.tokamak.spi.sampling;

import dev.tokamak.api.Incubating;

/**
 * Restricts what one sequence may draw next. Only sequences with an adjuster leave the fast path. Used by one thread at a
 * time.
 *
 * @since 0.1
 */
@Incubating
public interface LogitsAdjuster {
    /**
     * Clears the bits of tokens that must not be drawn next. May be called more than once for the same tokens: before the request
     * is taken, and where a draw is void. If it leaves nothing that the request's fields and grammar allow, the request fails.
     *
     * @param tokens the sequence's tokens, prompt first
     * @param length how many of them count
     * @param promptTokens how many of them are the prompt
     * @param words a mask's ints, one bit for each token id, lowest first
     * @param offset of the mask's first int
     */
    void adjust(int[] tokens, int length, int promptTokens, int[] words, int offset);
}
