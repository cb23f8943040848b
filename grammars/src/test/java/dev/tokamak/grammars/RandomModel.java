package dev.tokamak.grammars;

import dev.tokamak.spi.grammar.GrammarState;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Samples uniformly from the allowed tokens until the grammar ends; when the text is long it prefers what tends to end
 * it: end tokens first, then closing brackets and quotes.
 */
final class RandomModel {
    private final SyntheticVocabulary vocabulary;
    private final Random random;
    private final int[] words;

    RandomModel(SyntheticVocabulary vocabulary, Random random) {
        this.vocabulary = vocabulary;
        this.random = random;
        this.words = new int[(vocabulary.size() + 31) / 32];
    }

    /** The finished text, or null if it did not end within the bound. */
    String write(GrammarState state, int mostTokens) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < mostTokens; i++) {
            if (!state.fillMask(words, 0)) {
                throw new AssertionError("no mask");
            }
            int token = i > 30 ? closing() : -1;
            if (token < 0 || random.nextInt(8) == 0) {
                token = any();
            }
            if (token < 0) {
                throw new AssertionError("no token is allowed after " + text.toString(StandardCharsets.UTF_8));
            }
            if (token != vocabulary.endToken() && !agrees(state.forcedBytes(), vocabulary.bytes(token))) {
                throw new AssertionError("token " + token + " was allowed against a forced text after "
                        + text.toString(StandardCharsets.UTF_8));
            }
            if (!state.accept(token)) {
                throw new AssertionError("token " + token + " was allowed but not accepted after "
                        + text.toString(StandardCharsets.UTF_8));
            }
            if (token == vocabulary.endToken()) {
                return text.toString(StandardCharsets.UTF_8);
            }
            text.writeBytes(vocabulary.bytes(token));
        }
        return null;
    }

    private static boolean agrees(byte[] forced, byte[] token) {
        int common = Math.min(forced.length, token.length);
        return Arrays.equals(forced, 0, common, token, 0, common);
    }

    boolean allowed(int token) {
        return (words[token >>> 5] >>> token & 1) != 0;
    }

    private int closing() {
        if (allowed(vocabulary.endToken())) {
            return vocabulary.endToken();
        }
        String closers = "\"]}0,:n";
        int start = random.nextInt(3);
        for (int i = 0; i < closers.length(); i++) {
            int c = closers.charAt(i < 3 ? (i + start) % 3 : i);
            if (allowed(c)) {
                return c;
            }
        }
        return -1;
    }

    private int any() {
        int count = 0;
        for (int word : words) {
            count += Integer.bitCount(word);
        }
        if (count == 0) {
            return -1;
        }
        int wanted = random.nextInt(count);
        for (int i = 0; i < words.length; i++) {
            int bits = Integer.bitCount(words[i]);
            if (wanted < bits) {
                int word = words[i];
                for (; wanted > 0; wanted--) {
                    word &= word - 1;
                }
                return i * 32 + Integer.numberOfTrailingZeros(word);
            }
            wanted -= bits;
        }
        throw new IllegalStateException();
    }
}
