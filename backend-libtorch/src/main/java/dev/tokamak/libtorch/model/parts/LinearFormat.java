package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Linear;
import java.util.List;

/**
 * A way in which checkpoints store the weights of projections. A format loads straight from what is stored and gives a {@link Linear} that
 * multiplies by it.
 */
public interface LinearFormat {
    /** How a projection is divided among the ranks that compute one model together. */
    enum Cut {
        /** Each rank has all of it. */
        NONE,
        /** Each rank computes its share of the outputs: heads, or elements between the projections of a feed-forward network. */
        OUTPUTS,
        /** Each rank has its share of the inputs, and the ranks' results are added up; the bias is added once. */
        INPUTS
    }

    /**
     * Loads a projection.
     *
     * @param from what reads weights
     * @param pieces of the projection, from its first row on
     * @param in columns
     * @param biased whether the pieces have biases
     * @param cut how it is divided among ranks
     * @return owned by the caller
     */
    Linear load(PartLoader from, List<Piece> pieces, int in, boolean biased, Cut cut);
}
