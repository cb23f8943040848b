package dev.tokamak.libtorch.config;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary position embedding (Su et al. 2021, arXiv:2104.09864) with the frequency changes by which models stretch their
 * context. Pairs of a head's elements lie side by side here: the projections' rows are put in that order as they are loaded.
 *
 * @param theta the base of the frequencies
 * @param scaling what becomes of them
 */
public record Rotary(double theta, RotaryScaling scaling) {
    /**
     * The frequencies as {@code transformers} computes them, bit by bit: exponents and powers in float32, by torch's own power
     * function, which rounds one of a hundred numbers unlike the exact power would be.
     *
     * @param dim how many of a head's elements are turned
     * @return for each pair, in radians a token
     */
    public float[] frequencies(int dim) {
        float[] frequencies = new float[dim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 2 * i / (float) dim;
        }
        try (Scalar base = new Scalar(theta);
                Tensor exponents = torch.tensor(frequencies);
                Tensor powers = torch.pow(base, exponents)) {
            powers.data_ptr_float().get(frequencies);
        }
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1 / frequencies[i];
        }
        scaling.apply(frequencies);
        return frequencies;
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
