package dev.tokamak.api;

import java.util.Objects;

/**
 * What a request starts from.
 *
 * @since 0.1
 */
@Stable
public interface Prompt {
    /**
     * Text, to be tokenised when the request is submitted.
     *
     * @param text any text
     * @return a prompt for which the tokenizer may add its own special tokens
     */
    static Prompt text(String text) {
        return new Text(text, true);
    }

    /**
     * Token ids, taken as they are.
     *
     * @param tokenIds at least one; not copied
     * @return a prompt
     */
    static Prompt tokens(int... tokenIds) {
        return new Tokens(tokenIds);
    }

    /**
     * A prompt of text.
     *
     * @param text any text
     * @param addSpecialTokens whether the tokenizer may add its own beginning and end tokens; one that the text
     *     already begins with is not added again
     */
    @Stable
    record Text(String text, boolean addSpecialTokens) implements Prompt {
        /** Refuses null. */
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * A prompt of token ids.
     *
     * @param tokenIds at least one; shared, not copied
     */
    @Stable
    record Tokens(int[] tokenIds) implements Prompt {
        /** Refuses null. */
        public Tokens {
            Objects.requireNonNull(tokenIds, "tokenIds");
        }
    }
}
