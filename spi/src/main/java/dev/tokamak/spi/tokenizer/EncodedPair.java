package dev.tokamak.spi.tokenizer;

import dev.tokamak.api.Incubating;
import java.util.Objects;

/**
 * Two texts that a model looks at together, as tokens.
 *
 * @param tokenIds of both, with the special tokens around and between them; not copied
 * @param secondText the index of the first token that the checkpoint counts as the second text's; -1 if it does not tell the texts apart
 * @since 0.2
 */
@Incubating
public record EncodedPair(int[] tokenIds, int secondText) {
    /** Refuses null. */
    public EncodedPair {
        Objects.requireNonNull(tokenIds, "tokenIds");
    }
}
