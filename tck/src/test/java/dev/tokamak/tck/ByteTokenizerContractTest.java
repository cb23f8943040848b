package dev.tokamak.tck;

import dev.tokamak.spi.tokenizer.Tokenizer;

class ByteTokenizerContractTest extends TokenizerContract {
    @Override
    protected Tokenizer open() {
        return new ByteTokenizer();
    }
}
