package dev.tokamak.libtorch.model;

import java.util.function.DoubleUnaryOperator;

/**
 * Rotary position embedding (Su et al. 2021, arXiv:2104.09864) with the frequency changes by which models stretch their
 * context. Pairs of a head's elements lie side by side here: the projections' rows are put in that order as they are loaded.
 *
 * @param theta the base of the frequencies
 * @param stretch what becomes of a frequency, in radians a token
 */
public record Rotary(double theta, DoubleUnaryOperator stretch) {
    static Rotary plain(double theta) {
        return new Rotary(theta, frequency -> frequency);
    }

    /** All frequencies divided by one factor. */
    static Rotary linear(double theta, double factor) {
        return new Rotary(theta, frequency -> frequency / factor);
    }

    /**
     * Llama 3.1: wavelengths longer than {@code context / low} are stretched by the factor, those shorter than
     * {@code context / high} are kept, and those between are blended.
     */
    static Rotary llama3(double theta, double factor, double low, double high, double context) {
        return new Rotary(theta, frequency -> {
            double turns = context * frequency / (2 * Math.PI);
            double keep = Math.max(0, Math.min(1, (turns - low) / (high - low)));
            return (1 - keep) * frequency / factor + keep * frequency;
        });
    }

    /**
     * Cosines and sines, as {@code transformers} computes them: inverse frequencies and angles in float32.
     *
     * @param positions how many
     * @param headDim elements in a head
     * @return for each position and each pair, cosine and sine side by side
     */
    public float[] table(int positions, int headDim) {
        int pairs = headDim / 2;
        float[] frequencies = new float[pairs];
        for (int i = 0; i < pairs; i++) {
            float plain = (float) (1 / Math.pow(theta, 2.0 * i / headDim));
            frequencies[i] = (float) stretch.applyAsDouble(plain);
        }
        float[] table = new float[positions * headDim];
        for (int position = 0, at = 0; position < positions; position++) {
            for (int i = 0; i < pairs; i++) {
                float angle = position * frequencies[i];
                table[at++] = (float) Math.cos(angle);
                table[at++] = (float) Math.sin(angle);
            }
        }
        return table;
    }
}
