package dev.tokamak.grammars.automaton;

import dev.tokamak.grammars.tokens.TokenTrie;
import java.util.Arrays;

/**
 * What a frame allows whatever calls are open: the tokens that stay within its rule, and the places in the
 * vocabulary's tree where the rule has ended, from which the rest depends on the calls. Immutable.
 */
final class FrameMask {
    private static final int[] NONE = new int[0];

    /** Allowed tokens as bits, perhaps shared with other masks; null is none. */
    private final int[] row;

    private final boolean owned;
    /** Further allowed tokens, one by one: few enough that setting them is cheaper than another row. */
    private final int[] tokens;
    /** The tree in which the exits are. */
    final TokenTrie trie;
    /** Nodes after which the rule may have ended and tokens go on. */
    final int[] exits;

    FrameMask(int[] shared, int[] tokens, TokenTrie trie, int[] exits, int maskWords) {
        this.trie = trie;
        this.exits = exits;
        if (tokens.length < maskWords / 8) {
            this.row = shared;
            this.owned = false;
            this.tokens = tokens;
        } else {
            this.row = shared == null ? new int[maskWords] : shared.clone();
            this.owned = true;
            this.tokens = NONE;
            set(tokens, row, 0);
        }
    }

    long bytes() {
        return 80 + 4L * exits.length + 4L * tokens.length + (owned ? 4L * row.length : 0);
    }

    /** Whether no token is allowed by the frame alone. */
    boolean isEmpty() {
        return row == null && tokens.length == 0;
    }

    /** Adds the allowed tokens to a row. */
    void addTo(int[] words, int offset) {
        if (row != null) {
            for (int i = 0; i < row.length; i++) {
                words[offset + i] |= row[i];
            }
        }
        set(tokens, words, offset);
    }

    /** Writes the allowed tokens over a row. */
    void copyTo(int[] words, int offset, int maskWords) {
        if (row == null) {
            Arrays.fill(words, offset, offset + maskWords, 0);
        } else {
            System.arraycopy(row, 0, words, offset, maskWords);
        }
        set(tokens, words, offset);
    }

    static void set(int[] tokens, int[] words, int offset) {
        for (int token : tokens) {
            words[offset + (token >>> 5)] |= 1 << token;
        }
    }
}
