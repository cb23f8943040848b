package dev.tokamak.protocol.openai;

import dev.tokamak.api.TokenLogprob;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How tokens are written beside their log probabilities.
 *
 * @param vocabulary the model's
 * @param asIds whether they are written as {@code token_id:123}
 */
record TokenTexts(Vocabulary vocabulary, boolean asIds) {
    /** JSON has no infinity: a token that a mask made impossible gets this. */
    private static final float LEAST = -9999f;

    /** For readers that get the bytes beside it: what is no whole character is U+FFFD. */
    String text(int tokenId) {
        return asIds ? byId(tokenId) : decoded(tokenId);
    }

    /** For readers that get the id beside it. */
    String decoded(int tokenId) {
        return new String(vocabulary.bytes(tokenId), StandardCharsets.UTF_8);
    }

    /** For readers that get nothing else: what is no whole characters is spelled by its bytes, such as {@code bytes:\xf0\x9f}. */
    String spelled(int tokenId) {
        String text = text(tokenId);
        byte[] bytes = vocabulary.bytes(tokenId);
        if (asIds || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            return text;
        }
        StringBuilder spelled = new StringBuilder("bytes:");
        for (byte b : bytes) {
            spelled.append("\\x").append(Character.forDigit(b >> 4 & 0xF, 16)).append(Character.forDigit(b & 0xF, 16));
        }
        return spelled.toString();
    }

    static String byId(int tokenId) {
        return "token_id:" + tokenId;
    }

    byte[] bytes(int tokenId) {
        return vocabulary.bytes(tokenId);
    }

    static float finite(TokenLogprob logprob) {
        return Math.max(LEAST, logprob.logprob());
    }
}
