package dev.tokamak.libtorch.config;

/**
 * Rotary position embedding (Su et al. 2021, arXiv:2104.09864) with the frequency changes by which models stretch their
 * context. Pairs of a head's elements lie side by side here: the projections' rows are put in that order as they are loaded.
 *
 * @param theta the base of the frequencies
 * @param scaling what becomes of them
 */
public record Rotary(double theta, RotaryScaling scaling) {
    /**
     * The frequencies as {@code transformers} computes them, bit by bit.
     *
     * @param dim how many of a head's elements are turned
     * @param length tokens of the sequence that is computed
     * @return for each pair, in radians a token
     */
    public float[] frequencies(int dim, int length) {
        return scaling.frequencies(theta, dim, length);
    }

    /**
     * Refuses parameters that do not fit the heads.
     *
     * @param dim how many of a head's elements are turned
     * @throws dev.tokamak.api.TokamakException naming the parameter
     */
    public void require(int dim) {
        scaling.require(dim);
    }

    /** What cosines and sines are multiplied by. */
    public float attentionFactor() {
        return scaling.attentionFactor();
    }

    /** How many times the context that {@code max_position_embeddings} names may be exceeded. */
    public double stretch() {
        return scaling.stretch();
    }
}
