package dev.tokamak.engine;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Tokenizer;
import java.util.concurrent.Semaphore;

/**
 * Lets only so much text be encoded at the same time, first come, first served: a tokenizer needs up to a kilobyte for each character,
 * and any number of threads may come along. Thread-safe.
 */
final class EncodingGate implements BoundedEncoding.Encoder {
    private static final int CHARACTERS = 1 << 19;

    private final Tokenizer tokenizer;
    private final Semaphore free = new Semaphore(CHARACTERS, true);

    EncodingGate(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        int taken = Math.min(text.length(), CHARACTERS);
        try {
            free.acquire(taken);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokamakException(
                    ErrorCode.OVERLOADED, "the thread was interrupted while it waited for its turn to encode text", e);
        }
        try {
            return tokenizer.encode(text, addSpecialTokens);
        } finally {
            free.release(taken);
        }
    }
}
