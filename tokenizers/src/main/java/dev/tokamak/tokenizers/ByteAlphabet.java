package dev.tokamak.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The alphabet in which byte-level BPE writes bytes as printable characters: bytes that are printable in Latin-1 stand for
 * themselves, the other 68 are the characters from U+0100 on, in ascending order. Defined by GPT-2's encoder.
 */
final class ByteAlphabet {
    private static final int FIRST_STAND_IN = 0x100;
    private static final short[] BYTE_OF = new short[FIRST_STAND_IN + 68];
    private static final char[] CHARACTER_OF = new char[256];

    static {
        Arrays.fill(BYTE_OF, (short) -1);
        int standIn = FIRST_STAND_IN;
        for (int value = 0; value < 256; value++) {
            boolean printable =
                    value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE && value <= 0xFF;
            CHARACTER_OF[value] = (char) (printable ? value : standIn++);
            BYTE_OF[CHARACTER_OF[value]] = (short) value;
        }
    }

    private ByteAlphabet() {}

    /** How a byte is written. */
    static char character(int value) {
        return CHARACTER_OF[value];
    }

    /**
     * Translates a token.
     *
     * @param token in this alphabet; a token with any other character stands for its own UTF-8
     * @return a new array
     */
    static byte[] bytes(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) BYTE_OF[c];
        }
        return bytes;
    }
}
