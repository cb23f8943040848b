package dev.tokamak.tokenizers;

import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.tck.TokenizerContract;

class SentencePieceContractTest extends TokenizerContract {
    @Override
    protected Tokenizer open() {
        return Fixture.named("sentencepiece-bpe").open();
    }
}
