package dev.tokamak.tokenizers;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.TokenizerProvider;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tokenizers of checkpoints that carry a {@code tokenizer.json}, or files that one is made of, under the name {@code huggingface}.
 *
 * @since 0.1
 */
public final class HuggingFaceTokenizerProvider implements TokenizerProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public HuggingFaceTokenizerProvider() {}

    @Override
    public String name() {
        return "huggingface";
    }

    @Override
    public boolean supports(Path folder) {
        return Files.isRegularFile(fileOf(folder)) || Conversion.isPossible(folder);
    }

    @Override
    public Tokenizer create(Path folder) {
        Path file = fileOf(folder);
        if (!Files.isRegularFile(file) && Conversion.isPossible(folder)) {
            return HuggingFaceTokenizer.convert(folder);
        }
        if (!Files.isRegularFile(file)) {
            throw TokamakException.configuration(
                    file + " does not exist: expected a tokenizer in the format of Hugging Face tokenizers beside the"
                            + " checkpoint, or name the folder that has one with --tokenizer");
        }
        return HuggingFaceTokenizer.read(file);
    }

    /** A folder's tokenizer file; {@code --tokenizer} may also name the file itself. */
    private static Path fileOf(Path folder) {
        return folder.toString().endsWith(".json") ? folder : folder.resolve("tokenizer.json");
    }
}
