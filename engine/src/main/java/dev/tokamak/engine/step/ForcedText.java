package dev.tokamak.engine.step;

import dev.tokamak.spi.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tokenises text that grammars leave no choice about. Thread-safe.
 *
 * <p><b>Implementation notes.</b> The tokens are those of the text alone. The last one is left out, because the model might draw
 * a longer one that ends in what comes behind the text. Grammars say the same few texts again and again, such as the keys of
 * an object, so their tokens are kept; when there are too many, all are forgotten.
 */
public final class ForcedText {
    private static final int MAX_KNOWN = 4096;
    private static final int[] NONE = {};

    private final Tokenizer tokenizer;
    private final ConcurrentHashMap<ByteBuffer, int[]> known = new ConcurrentHashMap<>();

    /**
     * A tokeniser of forced text.
     *
     * @param tokenizer the model's
     */
    public ForcedText(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** All tokens of a text but the last; none if the text is no whole number of characters. */
    int[] tokens(byte[] text) {
        if (text.length < 2) {
            return NONE;
        }
        ByteBuffer key = ByteBuffer.wrap(text);
        int[] tokens = known.get(key);
        if (tokens == null) {
            tokens = encode(text);
            if (known.size() >= MAX_KNOWN) {
                known.clear();
            }
            known.put(key, tokens);
        }
        return tokens;
    }

    private int[] encode(byte[] text) {
        String characters;
        try {
            characters = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            return NONE;
        }
        int[] tokens = tokenizer.encode(characters, false);
        return tokens.length < 2 ? NONE : Arrays.copyOf(tokens, tokens.length - 1);
    }
}
