package dev.tokamak.protocol.pooling;

import dev.tokamak.engine.BoundedEncoding;
import java.util.Arrays;

/**
 * The tokens that a tokenizer puts around a text, such as those of its beginning and its end: a text that is cut keeps them.
 *
 * @param before the text's own tokens
 * @param behind the text's own tokens
 */
record Surroundings(int[] before, int[] behind) {
    private static final String ANY_TEXT = "a";

    static Surroundings of(BoundedEncoding.Encoder encoder) {
        int[] bare = encoder.encode(ANY_TEXT, false);
        int[] whole = encoder.encode(ANY_TEXT, true);
        for (int at = 0; at + bare.length <= whole.length; at++) {
            if (Arrays.equals(whole, at, at + bare.length, bare, 0, bare.length)) {
                return new Surroundings(
                        Arrays.copyOf(whole, at), Arrays.copyOfRange(whole, at + bare.length, whole.length));
            }
        }
        return new Surroundings(new int[0], new int[0]);
    }

    int length() {
        return before.length + behind.length;
    }

    int[] around(int[] text) {
        int[] whole = Arrays.copyOf(before, length() + text.length);
        System.arraycopy(text, 0, whole, before.length, text.length);
        System.arraycopy(behind, 0, whole, before.length + text.length, behind.length);
        return whole;
    }
}
