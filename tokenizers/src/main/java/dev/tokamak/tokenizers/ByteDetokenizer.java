package dev.tokamak.tokenizers;

import dev.tokamak.spi.tokenizer.Detokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Puts the tokens' bytes together and hands out the characters that are complete.
 *
 * <p>Implementation notes. At most three bytes, the beginning of a character, are held back. Most tokens are whole characters
 * and arrive while nothing is held back: their text is taken from a table that all streams share. The others are decoded here: of bytes
 * that belong to no character, each longest beginning of one becomes one U+FFFD, as the Unicode standard recommends and Python and Rust
 * do it. The JDK's decoder counts surrogates otherwise.
 */
final class ByteDetokenizer implements Detokenizer {
    /** Marks, in the table of texts, a token that is not whole characters. */
    private static final String PARTIAL = new String("partial");

    private static final char REPLACEMENT = '\uFFFD';

    private final FileVocabulary vocabulary;
    private final AtomicReferenceArray<String> texts;
    private final boolean skipSpecialTokens;
    private boolean stripLeadingSpace;

    /** The character under way: the bits so far, how many bytes are missing, and where the next one has to lie. */
    private int bits;

    private int missing;
    private int lowest;
    private int highest;

    ByteDetokenizer(
            FileVocabulary vocabulary,
            AtomicReferenceArray<String> texts,
            boolean skipSpecialTokens,
            boolean stripLeadingSpace) {
        this.vocabulary = vocabulary;
        this.texts = texts;
        this.skipSpecialTokens = skipSpecialTokens;
        this.stripLeadingSpace = stripLeadingSpace;
    }

    @Override
    public void append(int tokenId, StringBuilder into) {
        if (skipSpecialTokens && vocabulary.skipped(tokenId)) {
            return;
        }
        byte[] bytes = vocabulary.spoken(tokenId);
        if (bytes.length == 0) {
            return;
        }
        int start = into.length();
        String text = missing == 0 ? wholeText(tokenId, bytes) : PARTIAL;
        if (text != PARTIAL) {
            into.append(text);
        } else {
            decode(bytes, into);
        }
        if (stripLeadingSpace && into.length() > start) {
            stripLeadingSpace = false;
            if (into.charAt(start) == ' ') {
                into.deleteCharAt(start);
            }
        }
    }

    @Override
    public void finish(StringBuilder into) {
        if (missing > 0) {
            missing = 0;
            into.append(REPLACEMENT);
        }
    }

    private String wholeText(int tokenId, byte[] bytes) {
        String text = texts.get(tokenId);
        if (text == null) {
            String decoded = new String(bytes, StandardCharsets.UTF_8);
            boolean whole = Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), bytes);
            text = whole ? decoded : PARTIAL;
            texts.set(tokenId, text);
        }
        return text;
    }

    private void decode(byte[] bytes, StringBuilder into) {
        for (byte each : bytes) {
            int value = each & 0xFF;
            if (missing > 0) {
                if (value >= lowest && value <= highest) {
                    bits = bits << 6 | value & 0x3F;
                    lowest = 0x80;
                    highest = 0xBF;
                    if (--missing == 0) {
                        into.appendCodePoint(bits);
                    }
                    continue;
                }
                missing = 0;
                into.append(REPLACEMENT);
            }
            begin(value, into);
        }
    }

    /** The first byte of a character bounds the second: neither longer forms than needed nor surrogates are characters. */
    private void begin(int value, StringBuilder into) {
        lowest = 0x80;
        highest = 0xBF;
        if (value < 0x80) {
            into.append((char) value);
        } else if (value < 0xC2 || value > 0xF4) {
            into.append(REPLACEMENT);
        } else if (value < 0xE0) {
            bits = value & 0x1F;
            missing = 1;
        } else if (value < 0xF0) {
            bits = value & 0x0F;
            missing = 2;
            lowest = value == 0xE0 ? 0xA0 : 0x80;
            highest = value == 0xED ? 0x9F : 0xBF;
        } else {
            bits = value & 0x07;
            missing = 3;
            lowest = value == 0xF0 ? 0x90 : 0x80;
            highest = value == 0xF4 ? 0x8F : 0xBF;
        }
    }
}
