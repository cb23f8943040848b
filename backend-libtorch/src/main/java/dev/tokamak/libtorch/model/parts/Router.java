package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.DenseLinear;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.operators.Routes;
import dev.tokamak.libtorch.operators.Routing;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Chooses each token's experts. Ranks have all of it, so that they agree. */
public final class Router extends Part {
    private final String name;
    private final Routing.Kind kind;
    private final int hidden;
    private final int experts;
    private final int top;
    private boolean biased;
    private boolean wide;
    private boolean normalised;
    private double scale = 1;
    private String correction;
    private int groups = 1;
    private int keptGroups = 1;
    private boolean float32;
    private Linear logits;
    private Routing routing;

    /**
     * @param name of the projection, without {@code .weight}
     * @param kind what its results are made to
     * @param hidden width of the residual stream
     * @param experts to choose from
     * @param top how many a token has
     */
    public Router(String name, Routing.Kind kind, int hidden, int experts, int top) {
        this.name = name;
        this.kind = kind;
        this.hidden = hidden;
        this.experts = experts;
        this.top = top;
    }

    /** Gives the projection a bias. */
    public Router biased() {
        biased = true;
        return this;
    }

    /** Projects in float32, whatever the model computes in. */
    public Router wide() {
        wide = true;
        return this;
    }

    /** Divides the chosen scores by their sum. */
    public Router normalised(boolean divide) {
        normalised = divide;
        return this;
    }

    /** Multiplies the shares. */
    public Router scaled(double by) {
        scale = by;
        return this;
    }

    /** Adds a stored vector to the scores for the choice alone. */
    public Router corrected(String vector) {
        correction = vector;
        return this;
    }

    /** Lets a token's experts come from the best of some equal groups. */
    public Router groups(int count, int kept) {
        groups = count;
        keptGroups = kept;
        return this;
    }

    @Override
    protected void loadWeights(PartLoader from) {
        Piece piece = Piece.of(name, experts);
        float32 = wide && from.device().type() != TensorType.F32;
        if (float32) {
            try (Tensor weight = from.rows(TensorType.F32, List.of(piece), ".weight", hidden, false);
                    Tensor bias = biased ? from.vector(TensorType.F32, piece, ".bias") : null) {
                logits = own(new DenseLinear(new Tensor(weight), bias == null ? null : new Tensor(bias)));
            }
        } else {
            logits = own(from.linear(hidden, biased, LinearFormat.Cut.NONE, piece));
        }
        Tensor added = correction == null ? null : own(from.vector(TensorType.F32, Piece.of(correction, experts), ""));
        routing = new Routing(kind, top, normalised, scale, added, groups, keptGroups);
    }

    Routes run(Tensor x, Operators operators) {
        Tensor input = float32 ? x.to(TensorType.F32.scalarType()) : x;
        return operators.route(logits.apply(input), routing);
    }

    @Override
    protected long ownParameters() {
        return (long) experts * hidden + (biased ? experts : 0) + (correction == null ? 0 : experts);
    }
}
