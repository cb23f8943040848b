package dev.tokamak.tck;

import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.TokenizerProvider;
import java.nio.file.Path;

/** Makes {@link ByteTokenizer}s. Supports no folder by itself: it is used only where it is asked for by name. */
public final class ByteTokenizerProvider implements TokenizerProvider {
    /** For {@link java.util.ServiceLoader}. */
    public ByteTokenizerProvider() {}

    @Override
    public String name() {
        return "bytes";
    }

    @Override
    public boolean supports(Path folder) {
        return false;
    }

    @Override
    public Tokenizer create(Path folder) {
        return new ByteTokenizer();
    }
}
