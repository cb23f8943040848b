package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * Weights of equal shape, one an expert, in the form in which a device multiplies tokens by those of their experts. Filled once, then
 * read.
 *
 * @since 0.2
 */
@Incubating
public interface LinearStack extends AutoCloseable {
    /**
     * How many weights there are.
     *
     * @return 1 or more
     */
    int count();

    /**
     * Takes over one of the weights.
     *
     * @param index from 0
     * @param weight {@code [out, in]} on the device; the caller closes it afterwards
     * @param bias {@code [out]}, or null if there is none; the caller closes it afterwards
     */
    void put(int index, Tensor weight, Tensor bias);

    /**
     * One of the weights.
     *
     * @param index from 0
     * @return owned by the stack
     */
    Linear get(int index);

    /**
     * Memory for all weights and biases.
     *
     * @return in bytes
     */
    long bytes();

    /** Frees the weights. */
    @Override
    void close();
}
