package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * A weight matrix in the form in which a device multiplies by it.
 *
 * @since 0.1
 */
@Incubating
public interface Linear extends AutoCloseable {
    /**
     * The product, with the bias if there is one.
     *
     * @param x {@code [tokens, in]}, contiguous
     * @return {@code [tokens, out]}, contiguous, of the type of {@code x}
     */
    Tensor apply(Tensor x);

    /**
     * Memory for weight and bias.
     *
     * @return in bytes
     */
    long bytes();

    /** Frees the weight. */
    @Override
    void close();
}
