package dev.tokamak.engine.output;

import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;

/**
 * Writes special tokens that follow each other without what a tokenizer's decoder puts between them: decoders that join words by
 * spaces set special tokens apart as well.
 */
final class JoinedSpecialTokens implements Detokenizer {
    private final Detokenizer detokenizer;
    private final Vocabulary vocabulary;
    private final StringBuilder dropped = new StringBuilder();
    private boolean behindSpecial;

    /**
     * A decoder of one stream.
     *
     * @param detokenizer of the same stream, which keeps special tokens
     * @param vocabulary of the tokenizer
     */
    JoinedSpecialTokens(Detokenizer detokenizer, Vocabulary vocabulary) {
        this.detokenizer = detokenizer;
        this.vocabulary = vocabulary;
    }

    @Override
    public void append(int tokenId, StringBuilder into) {
        boolean special = vocabulary.special(tokenId);
        if (special && behindSpecial) {
            dropped.setLength(0);
            detokenizer.append(tokenId, dropped);
            into.append(new String(vocabulary.bytes(tokenId), StandardCharsets.UTF_8));
        } else {
            detokenizer.append(tokenId, into);
        }
        behindSpecial = special;
    }

    @Override
    public void finish(StringBuilder into) {
        detokenizer.finish(into);
    }
}
