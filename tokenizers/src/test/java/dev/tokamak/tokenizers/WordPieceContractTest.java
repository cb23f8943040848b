package dev.tokamak.tokenizers;

import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.tck.TokenizerContract;

class WordPieceContractTest extends TokenizerContract {
    @Override
    protected Tokenizer open() {
        return Fixture.named("wordpiece").open();
    }

    @Override
    protected boolean lossless() {
        return false;
    }
}
