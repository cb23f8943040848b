package dev.tokamak.spi.grammar;

import dev.tokamak.api.Incubating;

/**
 * Where a sequence is in its grammar. Used by one thread at a time.
 *
 * @since 0.1
 */
@Incubating
public interface GrammarState {
    /**
     * Takes a token.
     *
     * @param token its id
     * @return false if the grammar does not allow it; the state is unchanged then
     */
    boolean accept(int token);

    /**
     * Writes which tokens are allowed next: one bit each, lowest first, end tokens included where the grammar may end.
     *
     * @param words the mask's ints; every bit of the row is written
     * @param offset of the row's first int
     * @return true if the mask has an effect; false if all tokens are allowed
     */
    boolean fillMask(int[] words, int offset);

    /**
     * Takes back the last tokens that were accepted.
     *
     * @param tokens how many, at most as many as were accepted
     */
    void rollback(int tokens);

    /**
     * A copy that goes its own way.
     *
     * @return a new state
     */
    GrammarState fork();

    /**
     * Whether an end token was accepted, or nothing but an end token could be allowed. The engine ends the answer then, if it can
     * draw no end token: because the model has none, or because the request forbids it.
     *
     * @return true at the end
     */
    boolean terminated();

    /**
     * The bytes that must come next because the grammar leaves no choice about them, whichever tokens write them. The engine may
     * take them as the model's without drawing them, in tokens of its own choosing.
     *
     * @return possibly none; the state is unchanged
     */
    default byte[] forcedBytes() {
        return new byte[0];
    }
}
