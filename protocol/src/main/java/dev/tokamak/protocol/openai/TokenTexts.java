package dev.tokamak.protocol.openai;

import dev.tokamak.api.TokenLogprob;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;

/**
 * How tokens are written beside their log probabilities.
 *
 * @param vocabulary the model's
 * @param asIds whether they are written as {@code token_id:123}
 */
record TokenTexts(Vocabulary vocabulary, boolean asIds) {
    /** JSON has no infinity: a token that a mask made impossible gets this. */
    private static final float LEAST = -9999f;

    String text(int tokenId) {
        return asIds ? "token_id:" + tokenId : new String(vocabulary.bytes(tokenId), StandardCharsets.UTF_8);
    }

    byte[] bytes(int tokenId) {
        return vocabulary.bytes(tokenId);
    }

    static float finite(TokenLogprob logprob) {
        return Math.max(LEAST, logprob.logprob());
    }
}
