package dev.tokamak.grammars;

import java.util.Arrays;

/**
 * What a frame allows whatever calls are open: the tokens that stay within its rule, and the places in the vocabulary's tree
 * where the rule has ended, from which the rest depends on the calls. Immutable.
 */
final class FrameMask {
    /** The allowed tokens as bits, or null where {@link #tokens} has them. */
    final int[] bits;
    /** The allowed tokens one by one, or null. */
    final int[] tokens;
    /** Nodes after which the rule may have ended and tokens go on. */
    final int[] exits;

    FrameMask(int[] tokens, int[] exits, int maskWords) {
        this.exits = exits;
        if (tokens.length < maskWords / 2) {
            this.bits = null;
            this.tokens = tokens;
        } else {
            this.bits = new int[maskWords];
            this.tokens = null;
            set(tokens, bits, 0);
        }
    }

    long bytes() {
        return 64 + 4L * exits.length + 4L * (bits != null ? bits.length : tokens.length);
    }

    /** Adds the allowed tokens to a row. */
    void addTo(int[] words, int offset) {
        if (bits == null) {
            set(tokens, words, offset);
            return;
        }
        for (int i = 0; i < bits.length; i++) {
            words[offset + i] |= bits[i];
        }
    }

    /** Writes the allowed tokens over a row. */
    void copyTo(int[] words, int offset, int maskWords) {
        if (bits == null) {
            Arrays.fill(words, offset, offset + maskWords, 0);
            set(tokens, words, offset);
        } else {
            System.arraycopy(bits, 0, words, offset, bits.length);
        }
    }

    static void set(int[] tokens, int[] words, int offset) {
        for (int token : tokens) {
            words[offset + (token >>> 5)] |= 1 << token;
        }
    }
}
