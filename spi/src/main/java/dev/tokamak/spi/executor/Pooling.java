package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import dev.tokamak.api.PoolingKind;
import java.util.Objects;

/**
 * What is made of a prompt's hidden states, those behind the model's last norm.
 *
 * @param kind which of them count, and how
 * @param normalised whether each vector is divided by its Euclidean length
 * @param dimensions how many of a vector's first numbers are kept, before it is normalised; 0 for all
 * @since 0.2
 */
@Incubating
public record Pooling(PoolingKind kind, boolean normalised, int dimensions) {
    private static final PoolingKind[] KINDS = PoolingKind.values();
    private static final int NORMALISED = 1 << 8;

    /** Refuses null and a negative number of dimensions. */
    public Pooling {
        Objects.requireNonNull(kind, "kind");
        if (dimensions < 0) {
            throw new IllegalArgumentException("dimensions must not be negative, got " + dimensions);
        }
    }

    /**
     * Whether every token's hidden state counts, so that a prefix whose keys and values are cached must be computed all the same.
     *
     * @return false for {@link PoolingKind#LAST} alone
     */
    public boolean readsAllTokens() {
        return kind != PoolingKind.LAST;
    }

    /** Kind and normalisation in one int that is not 0. */
    int encoded() {
        return kind.ordinal() + 1 | (normalised ? NORMALISED : 0);
    }

    static Pooling decoded(int encoded, int dimensions) {
        return new Pooling(KINDS[(encoded & 0xff) - 1], (encoded & NORMALISED) != 0, dimensions);
    }
}
