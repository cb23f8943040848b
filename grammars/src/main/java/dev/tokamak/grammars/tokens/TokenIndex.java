package dev.tokamak.grammars.tokens;

import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What is precomputed from a vocabulary for all grammars. A <em>plain</em> token is a run of whole characters that
 * JSON strings write as they are; most tokens are plain, and where a string has room for the run, they need not be
 * walked. Thread-safe.
 */
public final class TokenIndex {
    /** Tokens of more characters are not counted as plain. */
    private static final int MAX_PLAIN = 48;

    private final Vocabulary vocabulary;
    private final int maskSize;
    private final int[] endTokens;
    private final boolean[] ordinary;
    private final byte[] plainLength;
    private final SpecialTokens specialTokens = new SpecialTokens();
    private final TokenTrie all;
    private final TokenTrie notPlain;
    private final AtomicReferenceArray<int[]> plainUpTo = new AtomicReferenceArray<>(MAX_PLAIN + 1);

    public TokenIndex(Vocabulary vocabulary, int maskSize, int[] endTokens) {
        this.vocabulary = vocabulary;
        this.maskSize = maskSize;
        this.endTokens = Arrays.stream(endTokens)
                .filter(token -> token >= 0 && token < maskSize)
                .sorted()
                .distinct()
                .toArray();
        int size = Math.min(vocabulary.size(), maskSize);
        this.ordinary = new boolean[size];
        this.plainLength = new byte[size];
        byte[][] bytes = new byte[size][];
        Integer[] order = new Integer[size];
        int count = 0;
        for (int id = 0; id < size; id++) {
            bytes[id] = vocabulary.bytes(id);
            if (bytes[id].length == 0) {
                continue;
            }
            boolean special = vocabulary.special(id);
            if (special) {
                specialTokens.add(new String(bytes[id], StandardCharsets.UTF_8), id);
            }
            if (!special && !isEnd(id)) {
                ordinary[id] = true;
                plainLength[id] = (byte) plainLength(bytes[id]);
                order[count++] = id;
            }
        }
        Arrays.sort(order, 0, count, (a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]));
        int[] sorted = new int[count];
        Arrays.setAll(sorted, i -> order[i]);
        this.all = new TokenTrie(sorted, bytes);
        this.notPlain = new TokenTrie(
                Arrays.stream(sorted).filter(id -> plainLength[id] == 0).toArray(), bytes);
    }

    /** How many characters a plain token has; 0 if it is not plain. */
    private static int plainLength(byte[] bytes) {
        int characters = 0;
        int at = 0;
        while (at < bytes.length) {
            int lead = bytes[at] & 0xFF;
            int length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
            boolean escaped = lead < 0x20 || lead == '"' || lead == '\\';
            if (length == 0 || escaped || at + length > bytes.length || !tail(bytes, at, length, lead)) {
                return 0;
            }
            at += length;
            characters++;
        }
        return characters <= MAX_PLAIN ? characters : 0;
    }

    private static boolean tail(byte[] bytes, int at, int length, int lead) {
        for (int i = 1; i < length; i++) {
            int b = bytes[at + i] & 0xFF;
            int low = i > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int high = i > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            if (b < low || b > high) {
                return false;
            }
        }
        return true;
    }

    /** The plain tokens of up to so many characters, as a mask's bits; shared, not to be changed. */
    public int[] plainUpTo(int characters) {
        int length = Math.min(characters, MAX_PLAIN);
        int[] known = plainUpTo.get(length);
        if (known == null) {
            known = new int[maskWords()];
            for (int id = 0; id < plainLength.length; id++) {
                if (plainLength[id] > 0 && plainLength[id] <= length) {
                    known[id >>> 5] |= 1 << id;
                }
            }
            plainUpTo.set(length, known);
        }
        return known;
    }

    /** All ordinary tokens. */
    public TokenTrie all() {
        return all;
    }

    /** The ordinary tokens that are not plain. */
    public TokenTrie notPlain() {
        return notPlain;
    }

    public int maskSize() {
        return maskSize;
    }

    public int maskWords() {
        return (maskSize + 31) >>> 5;
    }

    public int[] endTokens() {
        return endTokens;
    }

    public boolean isEnd(int token) {
        return Arrays.binarySearch(endTokens, token) >= 0;
    }

    /** Whether a token stands for its bytes, and is neither special nor an end token. */
    public boolean isOrdinary(int token) {
        return token >= 0 && token < ordinary.length && ordinary[token];
    }

    public byte[] bytes(int token) {
        return vocabulary.bytes(token);
    }

    public SpecialTokens specialTokens() {
        return specialTokens;
    }
}
