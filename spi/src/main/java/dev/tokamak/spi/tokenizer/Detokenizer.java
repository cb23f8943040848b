package dev.tokamak.spi.tokenizer;

import dev.tokamak.api.Stable;

/**
 * Turns a stream of tokens into text that never ends within a character. All text handed out, put together, is what decoding
 * the whole stream at once gives. Used by one thread at a time.
 *
 * @since 0.1
 */
@Stable
public interface Detokenizer {
    /**
     * Adds a token.
     *
     * @param tokenId in the vocabulary
     * @param into the text that has become complete is appended here, possibly nothing
     */
    void append(int tokenId, StringBuilder into);

    /**
     * Ends the stream.
     *
     * @param into what was held back is appended here; bytes that are no whole character become U+FFFD
     */
    void finish(StringBuilder into);
}
