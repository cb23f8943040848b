package dev.tokamak.tokenizers;

import dev.tokamak.spi.tokenizer.Detokenizer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Puts the tokens' bytes together and hands out the characters that are complete.
 *
 * <p>Implementation notes. At most three bytes, the beginning of a character, are held back. Most tokens are whole characters
 * and arrive while nothing is held back: their text is taken from a table that all streams share. The others go through the
 * JDK's decoder, which leaves an incomplete character in its input and replaces what cannot become one.
 */
final class ByteDetokenizer implements Detokenizer {
    /** Marks, in the table of texts, a token that is not whole characters. */
    private static final String PARTIAL = new String("partial");

    private static final int LONGEST_PARTIAL_CHARACTER = 3;

    private final FileVocabulary vocabulary;
    private final AtomicReferenceArray<String> texts;
    private final boolean skipSpecialTokens;
    private boolean stripLeadingSpace;

    private CharsetDecoder decoder;
    private ByteBuffer held;
    private CharBuffer characters;

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
        if (skipSpecialTokens && vocabulary.special(tokenId)) {
            return;
        }
        byte[] bytes = vocabulary.spoken(tokenId);
        if (bytes.length == 0) {
            return;
        }
        int start = into.length();
        String text = held == null || held.position() == 0 ? wholeText(tokenId, bytes) : PARTIAL;
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
        if (held != null && held.position() > 0) {
            held.flip();
            decoder.decode(held, characters, true);
            decoder.flush(characters);
            drain(into);
            held.clear();
            decoder.reset();
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
        if (decoder == null) {
            decoder = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);
            held = ByteBuffer.allocate(64);
            characters = CharBuffer.allocate(64 + LONGEST_PARTIAL_CHARACTER);
        }
        if (held.remaining() < bytes.length) {
            int capacity = bytes.length + LONGEST_PARTIAL_CHARACTER;
            held = ByteBuffer.allocate(capacity).put(held.flip());
            characters = CharBuffer.allocate(capacity + LONGEST_PARTIAL_CHARACTER);
        }
        held.put(bytes).flip();
        decoder.decode(held, characters, false);
        held.compact();
        drain(into);
    }

    private void drain(StringBuilder into) {
        characters.flip();
        into.append(characters);
        characters.clear();
    }
}
