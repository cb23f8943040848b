package dev.tokamak.protocol.openai;

import dev.tokamak.api.Prompt;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * A prompt as it is repeated ahead of its completions.
 *
 * <p>Implementation notes. A text is repeated as it came if the tokens spell it, but for those that the tokenizer has added. Else, as
 * where the prompt was cut, changed by the tokenizer, or came as tokens, it is what the tokens decode to; and where they do not spell that
 * either, since some are parts of characters only, it is their bytes one after the other. So the place of each token in the text is known.
 *
 * @param text what is repeated
 * @param tokenIds the prompt's
 * @param offsets where each token begins in the text, in code points; a part of a character begins where that does
 * @param length of the text, in code points
 */
record PromptEcho(String text, int[] tokenIds, int[] offsets, int length) {
    /**
     * Finds what is repeated.
     *
     * @param asked as the client sent it
     * @param tokenIds as the model reads it
     * @param vocabulary of the tokenizer
     * @param decoder of tokens that are in the vocabulary
     */
    static PromptEcho of(Prompt asked, int[] tokenIds, Vocabulary vocabulary, Function<int[], String> decoder) {
        Optional<PromptEcho> asItCame =
                asked instanceof Prompt.Text text ? spelled(utf8(text.text()), tokenIds, vocabulary) : Optional.empty();
        return asItCame.or(() -> spelled(utf8(decoder.apply(known(tokenIds, vocabulary))), tokenIds, vocabulary))
                .orElseGet(() -> bytes(tokenIds, vocabulary));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A model's output layer may be padded beyond its vocabulary. */
    private static int[] known(int[] tokenIds, Vocabulary vocabulary) {
        return Arrays.stream(tokenIds).filter(id -> id < vocabulary.size()).toArray();
    }

    /** Finds each token in a text that they spell; a special token need not be there, nor a space at the beginning or behind one. */
    private static Optional<PromptEcho> spelled(byte[] text, int[] tokenIds, Vocabulary vocabulary) {
        int[] places = new int[tokenIds.length];
        int at = 0;
        boolean begins = true;
        for (int i = 0; i < tokenIds.length; i++) {
            byte[] token = vocabulary.bytes(tokenIds[i]);
            boolean special = token.length > 0 && vocabulary.special(tokenIds[i]);
            places[i] = at;
            if (isAt(text, at, token, 0)) {
                at += token.length;
            } else if (begins && token[0] == ' ' && isAt(text, at, token, 1)) {
                at += token.length - 1;
            } else if (!special) {
                return Optional.empty();
            }
            begins = special || begins && token.length == 0;
        }
        return at == text.length ? Optional.of(of(text, tokenIds, places)) : Optional.empty();
    }

    private static boolean isAt(byte[] text, int at, byte[] token, int from) {
        int end = at + token.length - from;
        return end <= text.length && Arrays.equals(text, at, end, token, from, token.length);
    }

    private static PromptEcho bytes(int[] tokenIds, Vocabulary vocabulary) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int[] places = new int[tokenIds.length];
        for (int i = 0; i < tokenIds.length; i++) {
            places[i] = text.size();
            text.writeBytes(vocabulary.bytes(tokenIds[i]));
        }
        return of(text.toByteArray(), tokenIds, places);
    }

    /** Makes characters of bytes; each byte that is of none becomes U+FFFD. */
    private static PromptEcho of(byte[] bytes, int[] tokenIds, int[] places) {
        StringBuilder text = new StringBuilder();
        int[] codePoints = new int[bytes.length + 1];
        int count = 0;
        for (int at = 0; at < bytes.length; count++) {
            int length = Math.min(utf8Length(bytes[at]), bytes.length - at);
            String character = new String(bytes, at, length, StandardCharsets.UTF_8);
            if (character.codePointCount(0, character.length()) != 1) {
                length = 1;
                character = "\uFFFD";
            }
            text.append(character);
            Arrays.fill(codePoints, at, at + length, count);
            at += length;
        }
        codePoints[bytes.length] = count;
        int[] offsets = Arrays.stream(places).map(place -> codePoints[place]).toArray();
        return new PromptEcho(text.toString(), tokenIds, offsets, count);
    }

    /** How many bytes a character has that begins with this one. */
    private static int utf8Length(byte first) {
        int ones = Integer.numberOfLeadingZeros(~(first << 24));
        return ones >= 2 && ones <= 4 ? ones : 1;
    }
}
