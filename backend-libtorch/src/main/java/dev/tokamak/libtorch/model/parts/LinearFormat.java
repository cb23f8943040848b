package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.LinearStack;
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
        INPUTS,
        /** Each rank has its share of a stack's weights, and the ranks' results are added up. */
        EXPERTS
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

    /**
     * Loads projections of experts.
     *
     * @param from what reads weights
     * @param experts for each the pieces of its projection, from its first row on; the rows are alike
     * @param in columns of each
     * @param biased whether the pieces have biases
     * @param cut how they are divided among ranks
     * @return owned by the caller
     */
    LinearStack loadStack(PartLoader from, List<List<Piece>> experts, int in, boolean biased, Cut cut);
}
