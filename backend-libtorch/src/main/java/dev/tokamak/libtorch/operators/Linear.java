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
     * Adds the product to a sum, where that costs the device less than adding it later.
     *
     * @param x {@code [tokens, in]}, contiguous
     * @param sum {@code [tokens, out]}, contiguous
     * @return false if nothing was done
     */
    default boolean addTo(Tensor x, Tensor sum) {
        return false;
    }

    /**
     * The gated product {@code activation(x G^T) * (x U^T)} of a weight that holds G above U.
     *
     * @param x {@code [tokens, in]}, contiguous
     * @param activation of the gate
     * @return {@code [tokens, out / 2]}, contiguous
     */
    default Tensor gated(Tensor x, Activation activation) {
        Tensor both = apply(x);
        long width = both.size(1) / 2;
        return activation.apply(both.narrow(1, 0, width)).mul_(both.narrow(1, width, width));
    }

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
