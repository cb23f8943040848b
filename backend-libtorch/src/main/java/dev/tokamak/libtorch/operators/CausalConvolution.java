package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * A convolution along a sequence, each channel by itself, in which a token sees itself and those shortly before it.
 *
 * @param state which of the model's recurrent states holds the inputs of the tokens before
 * @param weight {@code [kernel, channels]}, the oldest token's first
 * @param bias {@code [channels]}, or null
 * @since 0.2
 */
@Incubating
public record CausalConvolution(int state, Tensor weight, Tensor bias) {
    /**
     * How many tokens a token sees, itself included.
     *
     * @return 2 or more
     */
    public int kernel() {
        return (int) weight.size(0);
    }
}
