package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.NormWeights;
import dev.tokamak.libtorch.operators.NormWeights.Kind;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A normalisation of the residual stream, or of anything else that is as wide as its weight. Ranks have all of it. */
public final class Norm extends Part {
    private final Kind kind;
    private final Piece piece;
    private final double epsilon;
    private final boolean weighted;
    private final boolean biased;
    private NormWeights weights;

    private Norm(Kind kind, Piece piece, double epsilon, boolean weighted, boolean biased) {
        this.kind = kind;
        this.piece = piece;
        this.epsilon = epsilon;
        this.weighted = weighted;
        this.biased = biased;
    }

    /**
     * Root mean square.
     *
     * @param name of the weight, without {@code .weight}
     * @param width elements
     * @param epsilon added to the mean square
     */
    public static Norm rms(String name, int width, double epsilon) {
        return rms(Piece.of(name, width), epsilon);
    }

    /** Root mean square of what is in another order than its stored weight. */
    static Norm rms(Piece weight, double epsilon) {
        return new Norm(Kind.RMS, weight, epsilon, true, false);
    }

    /** Root mean square, whose weight is stored less one. */
    public static Norm rmsPlusOne(String name, int width, double epsilon) {
        return new Norm(Kind.RMS_PLUS_ONE, Piece.of(name, width), epsilon, true, false);
    }

    /** By mean and variance. */
    public static Norm layer(String name, int width, double epsilon, boolean weighted, boolean biased) {
        return new Norm(Kind.LAYER, Piece.of(name, width), epsilon, weighted, biased);
    }

    @Override
    protected void loadWeights(PartLoader from) {
        Tensor weight = null;
        Tensor bias = null;
        if (kind == Kind.RMS_PLUS_ONE) {
            weight = own(from.vector(TensorType.F32, piece, ".weight"));
            try (Scalar one = new Scalar(1.0)) {
                weight.add_(one);
            }
        } else if (weighted) {
            weight = own(from.vector(from.device().type(), piece, ".weight"));
        }
        if (biased) {
            bias = own(from.vector(from.device().type(), piece, ".bias"));
        }
        weights = new NormWeights(kind, weight, bias, epsilon);
    }

    /** What a device normalises with; null before {@link #load}. */
    NormWeights weights() {
        return weights;
    }

    double epsilon() {
        return epsilon;
    }

    Tensor run(Tensor x, Operators operators) {
        return operators.norm(x, weights);
    }

    @Override
    protected long ownParameters() {
        return (weighted ? piece.rows() : 0L) + (biased ? piece.rows() : 0L);
    }
}
