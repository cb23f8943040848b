package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Activation;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** A layer of a head: a projection of a sequence's vector, what follows it, and perhaps the vector itself beside it. Ranks have all of it. */
public final class Projection extends Part {
    private final Function<PartLoader, Piece[]> pieces;
    private final int in;
    private final int out;
    private final boolean biased;
    private final Activation activation;
    private Norm norm;
    private String besideName;
    private boolean beside;
    private Linear linear;
    private Linear besideLinear;

    /**
     * @param name without {@code .weight}
     * @param in elements of the vector
     * @param out elements of the result
     * @param biased whether it has a bias
     * @param activation behind it; null for none
     */
    public Projection(String name, int in, int out, boolean biased, Activation activation) {
        this(in, out, biased, activation, from -> new Piece[] {Piece.of(name, out)});
    }

    /** With rows of stored weights. */
    Projection(int in, int out, boolean biased, Activation activation, Function<PartLoader, Piece[]> pieces) {
        this.pieces = pieces;
        this.in = in;
        this.out = out;
        this.biased = biased;
        this.activation = activation;
    }

    /** Normalises behind the activation. */
    public Projection normed(Norm by) {
        norm = with(by);
        return this;
    }

    /**
     * Adds the vector itself to the result.
     *
     * @param name of the projection to the result's width, without {@code .weight}; not read if the widths are the same
     */
    public Projection beside(String name) {
        beside = true;
        besideName = in == out ? null : name;
        return this;
    }

    @Override
    protected void loadWeights(PartLoader from) {
        linear = own(from.linear(in, biased, LinearFormat.Cut.NONE, pieces.apply(from)));
        if (besideName != null) {
            besideLinear = own(from.linear(in, false, LinearFormat.Cut.NONE, Piece.of(besideName, out)));
        }
    }

    /** Elements of the result. */
    int width() {
        return out;
    }

    /**
     * Projects.
     *
     * @param x of the compute type, {@code [rows, in]}, contiguous
     * @return of the compute type, {@code [rows, out]}; lives in the caller's scope
     */
    Tensor run(Tensor x, Operators operators) {
        Tensor y = linear.apply(x);
        if (activation != null) {
            y = activation.apply(y);
        }
        if (norm != null) {
            y = norm.run(y, operators);
        }
        return beside ? y.add(besideLinear == null ? x : besideLinear.apply(x)) : y;
    }

    @Override
    protected long ownParameters() {
        return (long) in * out + (biased ? out : 0) + (besideName == null ? 0 : (long) in * out);
    }
}
