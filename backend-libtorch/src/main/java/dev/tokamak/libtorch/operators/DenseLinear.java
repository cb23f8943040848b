package dev.tokamak.libtorch.operators;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * {@code torch.linear} with the weight as it is.
 *
 * @param weight {@code [out, in]}
 * @param bias {@code [out]}, or null
 */
public record DenseLinear(Tensor weight, Tensor bias) implements Linear {
    @Override
    public Tensor apply(Tensor x) {
        return bias == null ? torch.linear(x, weight) : torch.linear(x, weight, new TensorOptional(bias));
    }

    @Override
    public long bytes() {
        return weight.nbytes() + (bias == null ? 0 : bias.nbytes());
    }

    @Override
    public void close() {
        weight.close();
        if (bias != null) {
            bias.close();
        }
    }
}
