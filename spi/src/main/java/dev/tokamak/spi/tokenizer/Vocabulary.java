package dev.tokamak.spi.tokenizer;

import dev.tokamak.api.Stable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/**
 * A tokenizer's tokens. Immutable, thread-safe.
 *
 * @since 0.1
 */
@Stable
public interface Vocabulary {
    /**
     * How many ids there are, added tokens included; the largest id plus one. A model's logits may be wider.
     *
     * @return 1 or more
     */
    int size();

    /**
     * The bytes that a token stands for within a text, its leading space included.
     *
     * @param id from 0 to {@link #size()}
     * @return shared, not to be changed; empty for an id that is not in use. For a special token, the UTF-8 of its content
     */
    byte[] bytes(int id);

    /**
     * The id of a special or added token.
     *
     * @param content exactly as the tokenizer's file has it, such as {@code <|im_end|>}
     * @return empty if there is no such token
     */
    OptionalInt addedToken(String content);

    /**
     * Whether a token is special or added, so that no other tokens make its text when a text is encoded.
     *
     * @param id from 0 to {@link #size()}
     * @return whether {@link #addedToken} gives this id for the token's bytes, unless overridden
     * @since 0.2
     */
    default boolean added(int id) {
        return addedToken(new String(bytes(id), StandardCharsets.UTF_8)).orElse(-1) == id;
    }

    /**
     * Whether a token is special: left out of text that people read.
     *
     * @param id from 0 to {@link #size()}
     * @return true for special tokens
     */
    boolean special(int id);

    /**
     * The ids of all special tokens.
     *
     * @return ascending
     */
    List<Integer> specialTokens();
}
