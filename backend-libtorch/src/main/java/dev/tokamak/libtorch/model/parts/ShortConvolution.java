package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.CausalConvolution;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import org.bytedeco.pytorch.Tensor;

/**
 * A gated convolution over a few tokens in attention's place: {@code out(c * conv(b * x))}, with {@code b}, {@code c} and {@code x}
 * projected from the stream ("LFM2 Technical Report", Liquid AI 2025). Ranks divide the channels.
 */
public final class ShortConvolution extends Recurrent {
    private final String name;
    private final int hidden;
    private final int kernel;
    private final boolean biased;
    private Linear in;
    private Linear out;
    private Tensor weight;
    private Tensor bias;

    /**
     * @param name of the part, whose weights are {@code in_proj}, {@code conv} and {@code out_proj}
     * @param hidden width of the residual stream
     * @param kernel how many tokens a token sees, itself included
     * @param biased whether all three have biases
     */
    public ShortConvolution(String name, int hidden, int kernel, boolean biased) {
        this.name = name;
        this.hidden = hidden;
        this.kernel = kernel;
        this.biased = biased;
    }

    @Override
    public long[] stateShape() {
        return new long[] {kernel - 1L, hidden};
    }

    @Override
    protected void loadWeights(PartLoader from) {
        in = own(from.linear(hidden, biased, LinearFormat.Cut.OUTPUTS, Piece.of(name + "in_proj", 3 * hidden)));
        out = own(from.linear(hidden, biased, LinearFormat.Cut.INPUTS, Piece.of(name + "out_proj", hidden)));
        try (Tensor stored = from.tensor(name + "conv.weight", hidden, 1, kernel);
                Tensor flat = stored.view(hidden, kernel);
                Tensor turned = flat.t()) {
            weight = own(turned.contiguous());
        }
        if (biased) {
            bias = own(from.vector(from.device().type(), Piece.of(name + "conv", hidden), ".bias"));
        }
    }

    @Override
    Tensor run(Tensor x, Operators operators) {
        Tensor projected = in.apply(x);
        Tensor product = projected.narrow(1, 0, hidden).mul(projected.narrow(1, 2L * hidden, hidden));
        Tensor sum = operators.convolve(product, new CausalConvolution(state(), weight, bias));
        return sum.mul_(projected.narrow(1, hidden, hidden));
    }

    @Override
    Linear output() {
        return out;
    }

    @Override
    protected long ownParameters() {
        return 4L * hidden * hidden + (long) kernel * hidden + (biased ? 5L * hidden : 0);
    }
}
