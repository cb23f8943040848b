package dev.tokamak.grammars;

import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A vocabulary's ordinary tokens as a tree of their common beginnings, flattened depth first, so that walking it is one pass
 * over arrays and leaving a branch is one jump. Special and end tokens are not in it. Immutable.
 */
final class TokenTrie {
    private final Vocabulary vocabulary;
    private final int maskSize;
    private final byte[] label;
    private final int[] after;
    private final int[] depth;
    private final int[] firstToken;
    private final int[] tokens;
    private final int maxDepth;
    private final int[] endTokens;
    private final boolean[] ordinary;
    private final Map<String, Integer> specialTokens = new HashMap<>();

    TokenTrie(Vocabulary vocabulary, int maskSize, int[] endTokens) {
        this.vocabulary = vocabulary;
        this.maskSize = maskSize;
        this.endTokens = Arrays.stream(endTokens).filter(t -> t >= 0 && t < maskSize).sorted().distinct().toArray();
        int size = Math.min(vocabulary.size(), maskSize);
        this.ordinary = new boolean[size];
        for (int id = 0; id < size; id++) {
            ordinary[id] = !vocabulary.special(id) && !isEnd(id) && vocabulary.bytes(id).length > 0;
            if (vocabulary.special(id) && vocabulary.bytes(id).length > 0) {
                specialTokens.put(new String(vocabulary.bytes(id), StandardCharsets.UTF_8), id);
            }
        }
        byte[][] bytes = new byte[size][];
        Integer[] sorted = IntStream.range(0, size).filter(id -> ordinary[id]).boxed().toArray(Integer[]::new);
        for (Integer id : sorted) {
            bytes[id] = vocabulary.bytes(id);
        }
        Arrays.sort(sorted, (a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]));
        int nodes = 0;
        int longest = 0;
        byte[] previous = new byte[0];
        for (Integer id : sorted) {
            nodes += bytes[id].length - common(previous, bytes[id]);
            longest = Math.max(longest, bytes[id].length);
            previous = bytes[id];
        }
        this.maxDepth = longest;
        this.label = new byte[nodes];
        this.after = new int[nodes];
        this.depth = new int[nodes];
        this.firstToken = new int[nodes + 1];
        this.tokens = new int[sorted.length];
        fill(sorted, bytes);
    }

    private void fill(Integer[] sorted, byte[][] bytes) {
        int[] open = new int[maxDepth + 1];
        int openDepth = 0;
        int node = 0;
        int token = 0;
        byte[] previous = new byte[0];
        for (Integer id : sorted) {
            byte[] text = bytes[id];
            int shared = common(previous, text);
            while (openDepth > shared) {
                after[open[openDepth--]] = node;
            }
            for (int i = shared; i < text.length; i++) {
                label[node] = text[i];
                depth[node] = i + 1;
                firstToken[node] = token;
                open[++openDepth] = node++;
            }
            tokens[token++] = id;
            previous = text;
        }
        while (openDepth > 0) {
            after[open[openDepth--]] = node;
        }
        firstToken[node] = token;
    }

    private static int common(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    int nodes() {
        return label.length;
    }

    byte label(int node) {
        return label[node];
    }

    /** The node after this one's whole branch. */
    int after(int node) {
        return after[node];
    }

    /** Bytes from the root, 1 for its children. */
    int depth(int node) {
        return depth[node];
    }

    int maxDepth() {
        return maxDepth;
    }

    /** Where the tokens that end at a node begin in {@link #token}; those of the next node follow them. */
    int firstToken(int node) {
        return firstToken[node];
    }

    int token(int index) {
        return tokens[index];
    }

    int maskSize() {
        return maskSize;
    }

    int maskWords() {
        return (maskSize + 31) >>> 5;
    }

    int[] endTokens() {
        return endTokens;
    }

    boolean isEnd(int token) {
        return Arrays.binarySearch(endTokens, token) >= 0;
    }

    /** Whether a token stands for its bytes, and is neither special nor an end token. */
    boolean isOrdinary(int token) {
        return token >= 0 && token < ordinary.length && ordinary[token];
    }

    byte[] bytes(int token) {
        return vocabulary.bytes(token);
    }

    /** The ids of the special tokens by content. */
    Map<String, Integer> specialTokens() {
        return specialTokens;
    }
}
