package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import java.util.Arrays;

/**
 * Token ids that lie somewhere in an encoded {@link SamplingState}. Immutable.
 *
 * @since 0.2
 */
@Incubating
public final class TokenList {
    private final int[] ints;
    private final int from;
    private final int length;

    TokenList(int[] ints, int from, int length) {
        this.ints = ints;
        this.from = from;
        this.length = length;
    }

    /**
     * How many there are.
     *
     * @return 0 or more
     */
    public int length() {
        return length;
    }

    /**
     * Whether there is none.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return length == 0;
    }

    /**
     * A token.
     *
     * @param i from 0 to {@link #length()}
     * @return its id
     */
    public int get(int i) {
        return ints[from + i];
    }

    /**
     * The last token.
     *
     * @return of a list that is not empty, its id
     */
    public int last() {
        return ints[from + length - 1];
    }

    /**
     * Whether a token is among them.
     *
     * @param token an id
     * @return true if so
     */
    public boolean contains(int token) {
        for (int i = from; i < from + length; i++) {
            if (ints[i] == token) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether tokens end with all of these but the last: the last one would complete them.
     *
     * @param tokens a sequence's
     * @param end how many of them count
     * @return false for an empty list
     */
    public boolean isNext(int[] tokens, int end) {
        int before = length - 1;
        return before >= 0 && before <= end && Arrays.equals(tokens, end - before, end, ints, from, from + before);
    }

    /**
     * Copies the tokens.
     *
     * @param into an array with room
     * @param at where the first goes
     */
    public void copyTo(int[] into, int at) {
        System.arraycopy(ints, from, into, at, length);
    }

    /**
     * The tokens in an array of their own.
     *
     * @return a new array
     */
    public int[] toArray() {
        return Arrays.copyOfRange(ints, from, from + length);
    }

    @Override
    public String toString() {
        return Arrays.toString(toArray());
    }
}
