package dev.tokamak.grammars.tokens;

import java.util.Arrays;

/**
 * Tokens as a tree of their common beginnings, flattened depth first, so that walking it is one pass over arrays and
 * leaving a branch is one jump. Immutable.
 */
public final class TokenTrie {
    private final byte[] label;
    private final int[] after;
    private final int[] depth;
    private final int[] firstToken;
    private final int[] tokens;
    private final int maxDepth;

    /**
     * @param ids tokens in the order of their bytes
     * @param bytes what each id stands for, none of them empty
     */
    TokenTrie(int[] ids, byte[][] bytes) {
        int nodes = 0;
        int longest = 0;
        byte[] previous = new byte[0];
        for (int id : ids) {
            nodes += bytes[id].length - common(previous, bytes[id]);
            longest = Math.max(longest, bytes[id].length);
            previous = bytes[id];
        }
        this.maxDepth = longest;
        this.label = new byte[nodes];
        this.after = new int[nodes];
        this.depth = new int[nodes];
        this.firstToken = new int[nodes + 1];
        this.tokens = ids;
        fill(bytes);
    }

    private void fill(byte[][] bytes) {
        int[] open = new int[maxDepth + 1];
        int openDepth = 0;
        int node = 0;
        byte[] previous = new byte[0];
        for (int i = 0; i < tokens.length; i++) {
            byte[] text = bytes[tokens[i]];
            int shared = common(previous, text);
            while (openDepth > shared) {
                after[open[openDepth--]] = node;
            }
            for (int at = shared; at < text.length; at++) {
                label[node] = text[at];
                depth[node] = at + 1;
                firstToken[node] = i;
                open[++openDepth] = node++;
            }
            previous = text;
        }
        while (openDepth > 0) {
            after[open[openDepth--]] = node;
        }
        firstToken[node] = tokens.length;
    }

    private static int common(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    public int nodes() {
        return label.length;
    }

    public byte label(int node) {
        return label[node];
    }

    /** The node after this one's whole branch. */
    public int after(int node) {
        return after[node];
    }

    /** Bytes from the root, 1 for its children. */
    public int depth(int node) {
        return depth[node];
    }

    public int maxDepth() {
        return maxDepth;
    }

    /**
     * Where the tokens that end at a node begin in {@link #token}; they end where the next node's begin. Only the last
     * node of a chain of single children has any.
     */
    public int firstToken(int node) {
        return firstToken[node];
    }

    public int token(int index) {
        return tokens[index];
    }
}
