package dev.tokamak.grammars;

import java.util.Arrays;

/**
 * What a frame allows whatever calls are open: the tokens that stay within its rule, and the places in the
 * vocabulary's tree where the rule has ended, from which the rest depends on the calls. Immutable.
 */
final class FrameMask {
    private static final int[] NONE = new int[0];

    /** Allowed tokens as bits, which other masks share; null is none. */
    private final int[] shared;
    /** Allowed tokens as bits, or null where {@link #tokens} has them. */
    private final int[] bits;
    /** Allowed tokens one by one. */
    private final int[] tokens;
    /** The tree in which the exits are. */
    final TokenTrie trie;
    /** Nodes after which the rule may have ended and tokens go on. */
    final int[] exits;

    FrameMask(int[] shared, int[] tokens, TokenTrie trie, int[] exits, int maskWords) {
        this.shared = shared;
        this.trie = trie;
        this.exits = exits;
        if (tokens.length < maskWords / 2) {
            this.bits = null;
            this.tokens = tokens;
        } else {
            this.bits = new int[maskWords];
            this.tokens = NONE;
            set(tokens, bits, 0);
        }
    }

    long bytes() {
        return 80 + 4L * exits.length + 4L * tokens.length + (bits == null ? 0 : 4L * bits.length);
    }

    /** Whether no token is allowed by the frame alone. */
    boolean isEmpty() {
        return shared == null && bits == null && tokens.length == 0;
    }

    /** Adds the allowed tokens to a row. */
    void addTo(int[] words, int offset) {
        or(shared, words, offset);
        or(bits, words, offset);
        set(tokens, words, offset);
    }

    /** Writes the allowed tokens over a row. */
    void copyTo(int[] words, int offset, int maskWords) {
        int[] first = shared != null ? shared : bits;
        if (first == null) {
            Arrays.fill(words, offset, offset + maskWords, 0);
        } else {
            System.arraycopy(first, 0, words, offset, maskWords);
            or(first == bits ? null : bits, words, offset);
        }
        set(tokens, words, offset);
    }

    private static void or(int[] row, int[] words, int offset) {
        if (row != null) {
            for (int i = 0; i < row.length; i++) {
                words[offset + i] |= row[i];
            }
        }
    }

    static void set(int[] tokens, int[] words, int offset) {
        for (int token : tokens) {
            words[offset + (token >>> 5)] |= 1 << token;
        }
    }
}
