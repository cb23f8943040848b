package dev.tokamak.spi.tokenizer;

import dev.tokamak.api.Stable;
import java.nio.file.Path;

/**
 * Makes tokenizers.
 *
 * @since 0.1
 */
@Stable
public interface TokenizerProvider {
    /**
     * The name by which a configuration chooses this tokenizer.
     *
     * @return lower case
     */
    String name();

    /**
     * Whether the folder holds something this provider reads. Cheap.
     *
     * @param folder of a checkpoint or tokenizer
     * @return true if {@link #create} has a chance
     */
    boolean supports(Path folder);

    /**
     * Loads a tokenizer.
     *
     * @param folder of a checkpoint or tokenizer
     * @return a new tokenizer, owned by the caller
     * @throws dev.tokamak.api.TokamakException {@link dev.tokamak.api.ErrorCode#CONFIGURATION} if a file is missing or corrupt;
     *     the message names it
     */
    Tokenizer create(Path folder);
}
