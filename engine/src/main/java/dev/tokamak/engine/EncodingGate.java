package dev.tokamak.engine;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.EncodedPair;
import dev.tokamak.spi.tokenizer.Tokenizer;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

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
        return inTurn(text.length(), () -> tokenizer.encode(text, addSpecialTokens));
    }

    /** Two texts that a model looks at together. */
    EncodedPair encodePair(String first, String second) {
        return inTurn((long) first.length() + second.length(), () -> tokenizer.encodePair(first, second));
    }

    private <T> T inTurn(long characters, Supplier<T> encoding) {
        int taken = (int) Math.min(characters, CHARACTERS);
        try {
            free.acquire(taken);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokamakException(
                    ErrorCode.OVERLOADED, "the thread was interrupted while it waited for its turn to encode text", e);
        }
        try {
            return encoding.get();
        } finally {
            free.release(taken);
        }
    }
}
