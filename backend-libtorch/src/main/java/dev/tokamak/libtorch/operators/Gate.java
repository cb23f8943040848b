package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How the first half of a projection gates the second.
 *
 * @param activation of the first half
 * @param alpha over 0 for a clamped gate: how steep its sigmoid is
 * @param limit of a clamped gate
 * @since 0.2
 */
@Incubating
public record Gate(Activation activation, double alpha, double limit) {
    /**
     * {@code activation(g) * u}.
     *
     * @param activation of the gate
     * @return the gate
     */
    public static Gate of(Activation activation) {
        return new Gate(activation, 0, 0);
    }

    /**
     * {@code g * sigmoid(alpha * g) * (u + 1)}, where {@code g} is at most {@code limit} and {@code u} at most that far from 0: gpt-oss'.
     *
     * @param alpha how steep the sigmoid is
     * @param limit of both halves
     * @return the gate
     */
    public static Gate clamped(double alpha, double limit) {
        return new Gate(Activation.SILU, alpha, limit);
    }

    /**
     * Whether the gate is that of {@link #clamped}.
     *
     * @return false if it is an activation alone
     */
    public boolean isClamped() {
        return alpha > 0;
    }

    /**
     * The gated half.
     *
     * @param both {@code [rows, 2 * width]}; may be overwritten
     * @return {@code [rows, width]}, contiguous
     */
    public Tensor apply(Tensor both) {
        long width = both.size(1) / 2;
        Tensor gate = both.narrow(1, 0, width);
        Tensor up = both.narrow(1, width, width);
        if (!isClamped()) {
            return activation.apply(gate).mul_(up);
        }
        try (Scalar least = new Scalar(-limit);
                Scalar most = new Scalar(limit);
                Scalar steep = new Scalar(alpha);
                Scalar one = new Scalar(1.0)) {
            gate.clamp_max_(most);
            up.clamp_(new ScalarOptional(least), new ScalarOptional(most));
            return torch.mul(gate, steep).sigmoid_().mul_(gate).mul_(up.add_(one));
        }
    }
}
