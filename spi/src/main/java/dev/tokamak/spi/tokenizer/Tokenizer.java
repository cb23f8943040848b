package dev.tokamak.spi.tokenizer;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.Stable;
import dev.tokamak.api.TokamakException;

/**
 * Text to token ids and back. Thread-safe.
 *
 * @since 0.1
 */
@Stable
public interface Tokenizer extends AutoCloseable {
    /**
     * Encodes text; special tokens in the text are recognised. Never truncates, never pads.
     *
     * @param text any text
     * @param addSpecialTokens whether the tokenizer's own beginning and end tokens are added
     * @return token ids
     */
    int[] encode(String text, boolean addSpecialTokens);

    /**
     * Encodes two texts that a model looks at together, as a cross-encoder does, with the special tokens that the checkpoint puts around
     * and between them. Never truncates, never pads.
     *
     * @param first any text, such as a question
     * @param second any text, such as a passage
     * @return tokens of both
     * @throws TokamakException {@link dev.tokamak.api.ErrorCode#UNSUPPORTED} if the tokenizer does not know pairs; the default
     * @since 0.2
     */
    default EncodedPair encodePair(String first, String second) {
        throw new TokamakException(ErrorCode.UNSUPPORTED, "the model's tokenizer does not encode pairs of texts");
    }

    /**
     * Decodes tokens.
     *
     * @param tokenIds ids in the vocabulary
     * @param skipSpecialTokens whether special tokens are left out
     * @return text; bytes that are no UTF-8 become U+FFFD
     */
    String decode(int[] tokenIds, boolean skipSpecialTokens);

    /**
     * The tokens.
     *
     * @return shared, immutable
     */
    Vocabulary vocabulary();

    /**
     * A decoder for one stream of tokens.
     *
     * @param skipSpecialTokens whether special tokens are left out
     * @param promptTail the last tokens of the prompt, which decide whether a leading space is printed; possibly none
     * @return a new decoder, used by one thread at a time
     */
    Detokenizer detokenizer(boolean skipSpecialTokens, int[] promptTail);

    /** Frees native memory. Idempotent. */
    @Override
    void close();
}
