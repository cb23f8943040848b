package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Activation;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import org.bytedeco.pytorch.Tensor;

/** Two projections with an activation in between, gated or plain. Ranks divide the elements in between. */
public final class FeedForward extends Sublayer {
    private final Piece[] inputs;
    private final Piece output;
    private final Activation activation;
    private final int hidden;
    private final int intermediate;
    private final boolean gated;
    private final boolean inputBiased;
    private final boolean outputBiased;
    private Linear in;
    private Linear out;

    private FeedForward(
            Piece[] inputs,
            Piece output,
            Activation activation,
            int hidden,
            int intermediate,
            boolean gated,
            boolean inputBiased,
            boolean outputBiased) {
        this.inputs = inputs;
        this.output = output;
        this.activation = activation;
        this.hidden = hidden;
        this.intermediate = intermediate;
        this.gated = gated;
        this.inputBiased = inputBiased;
        this.outputBiased = outputBiased;
    }

    /**
     * {@code down(activation(gate(x)) * up(x))}.
     *
     * @param gate rows of the gate
     * @param up rows that are gated
     * @param down name of the projection back
     * @param activation of the gate
     * @param hidden width of the residual stream
     * @param intermediate width in between
     * @param biased whether all three have biases
     */
    public static FeedForward gated(
            Piece gate, Piece up, String down, Activation activation, int hidden, int intermediate, boolean biased) {
        return new FeedForward(
                new Piece[] {gate, up}, Piece.of(down, hidden), activation, hidden, intermediate, true, biased, biased);
    }

    /** {@code down(activation(up(x)))}. */
    public static FeedForward plain(
            String up, String down, Activation activation, int hidden, int intermediate, boolean biased) {
        return new FeedForward(
                new Piece[] {Piece.of(up, intermediate)},
                Piece.of(down, hidden),
                activation,
                hidden,
                intermediate,
                false,
                biased,
                biased);
    }

    @Override
    protected void loadWeights(PartLoader from) {
        in = own(from.linear(hidden, inputBiased, LinearFormat.Cut.OUTPUTS, inputs));
        out = own(from.linear(intermediate, outputBiased, LinearFormat.Cut.INPUTS, output));
    }

    @Override
    Tensor run(Tensor x, Operators operators) {
        return gated ? in.gated(x, activation) : activation.apply(in.apply(x));
    }

    @Override
    Linear output() {
        return out;
    }

    @Override
    protected long ownParameters() {
        long width = (gated ? 2L : 1L) * intermediate;
        return width * hidden + (long) intermediate * hidden + (inputBiased ? width : 0) + (outputBiased ? hidden : 0);
    }
}
