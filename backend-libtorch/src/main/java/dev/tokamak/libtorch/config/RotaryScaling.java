package dev.tokamak.libtorch.config;

import dev.tokamak.api.TokamakException;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How a model's rotary frequencies were changed to stretch its context. The only place that knows what a {@code rope_type}
 * computes; {@link RotaryConfig} is the only one that reads it.
 *
 * <p>Implementation notes. Each operation is one of float32 (or of double, where Python has a number) in the order of {@code
 * transformers}: at 4,000 tokens an angle's error is 4,000 times its frequency's. Powers are torch's own, which round one of a hundred
 * numbers unlike the exact power would be. Torch divides a number by a tensor by multiplying with the reciprocal.
 */
sealed interface RotaryScaling {
    /**
     * The frequencies of a forward pass.
     *
     * @param theta their base
     * @param dim how many of a head's elements are turned
     * @param length tokens of the sequence
     * @return for each pair, in radians a token
     */
    float[] frequencies(double theta, int dim, int length);

    /**
     * Refuses parameters that do not fit the heads.
     *
     * @param dim how many of a head's elements are turned
     */
    default void require(int dim) {}

    /** What cosines and sines are multiplied by. */
    default float attentionFactor() {
        return 1;
    }

    /** How many times the context that {@code max_position_embeddings} names may be exceeded. */
    default double stretch() {
        return 1;
    }

    /** The base to the power of {@code 0, 2/dim, 4/dim, …}. */
    private static float[] powers(double theta, int pairs, int dim) {
        try (Scalar base = new Scalar(theta);
                Tensor exponents = exponents(pairs, dim);
                Tensor powers = torch.pow(base, exponents)) {
            return floats(powers, pairs);
        }
    }

    private static Tensor exponents(int pairs, int dim) {
        float[] exponents = new float[pairs];
        for (int i = 0; i < pairs; i++) {
            exponents[i] = 2 * i / (float) dim;
        }
        return torch.tensor(exponents);
    }

    private static float[] floats(Tensor tensor, int count) {
        float[] values = new float[count];
        tensor.data_ptr_float().get(values);
        return values;
    }

    private static float[] reciprocals(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 / values[i];
        }
        return values;
    }

    private static float[] plain(double theta, int dim) {
        return reciprocals(powers(theta, dim / 2, dim));
    }

    /** No change. */
    record None() implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, int length) {
            return plain(theta, dim);
        }
    }

    /** All frequencies divided by one factor. */
    record Linear(double factor) implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, int length) {
            float[] frequencies = plain(theta, dim);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= (float) factor;
            }
            return frequencies;
        }

        @Override
        public double stretch() {
            return Math.max(1, factor);
        }
    }

    /** The first pairs as if the whole head were turned, the others not at all. */
    record Proportional(double share, double factor) implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, int length) {
            int turned = (int) Math.floor(share * dim / 2);
            float[] powers = powers(theta, turned, dim);
            float[] frequencies = new float[dim / 2];
            for (int i = 0; i < turned; i++) {
                frequencies[i] = 1 / powers[i] / (float) factor;
            }
            return frequencies;
        }

        @Override
        public double stretch() {
            return Math.max(1, factor);
        }
    }

    /**
     * A base that grows with the sequence once it is longer than the model's context ("dynamic NTK").
     *
     * @param context {@code max_position_embeddings}
     */
    record Dynamic(double factor, int context) implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, int length) {
            double exponent = dim / (double) (dim - 2);
            if (length <= context) {
                return plain(theta * Math.pow(factor * context / context - (factor - 1), exponent), dim);
            }
            // The length is a tensor there, so that numbers are float32 from here on.
            float grown = (float) factor * length / context - (float) (factor - 1);
            try (Tensor stretch = torch.tensor(grown);
                    Scalar power = new Scalar(exponent);
                    Tensor raised = stretch.pow(power);
                    Tensor base = torch.tensor((float) theta * floats(raised, 1)[0]);
                    Tensor exponents = exponents(dim / 2, dim);
                    Tensor powers = base.pow(exponents)) {
                return reciprocals(floats(powers, dim / 2));
            }
        }

        @Override
        public double stretch() {
            return Math.max(1, factor);
        }
    }

    /**
     * YaRN (Peng et al. 2023, arXiv:2309.00071): pairs that turn often within the original context are kept, those that turn seldom
     * are slowed by the factor, those between are blended.
     *
     * @param context the original one
     * @param fast turns within it from which on pairs are kept
     * @param slow turns within it up to which they are slowed
     * @param truncate whether the bounds between are whole pairs
     * @param attention what cosines and sines are multiplied by
     * @param stretch how many times {@code max_position_embeddings} may be exceeded
     */
    record Yarn(
            double factor, int context, double fast, double slow, boolean truncate, double attention, double stretch)
            implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, int length) {
            double low = bound(fast, theta, dim);
            double high = bound(slow, theta, dim);
            low = Math.max(truncate ? Math.floor(low) : low, 0);
            high = Math.min(truncate ? Math.ceil(high) : high, dim - 1);
            if (low == high) {
                high += 0.001;
            }
            float[] frequencies = powers(theta, dim / 2, dim);
            for (int i = 0; i < frequencies.length; i++) {
                float ramp = (i - (float) low) / (float) (high - low);
                float kept = 1 - Math.min(Math.max(ramp, 0), 1);
                float slowed = 1 / ((float) factor * frequencies[i]);
                frequencies[i] = slowed * (1 - kept) + 1 / frequencies[i] * kept;
            }
            return frequencies;
        }

        /** The pair that turns so many times within the original context. */
        private double bound(double turns, double theta, int dim) {
            return dim * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }

        @Override
        public float attentionFactor() {
            return (float) attention;
        }
    }

    /**
     * LongRoPE (Ding et al. 2024, arXiv:2402.13753): each pair is slowed by a factor of its own, sequences longer than the original
     * context by others than shorter ones.
     *
     * @param context the original one
     * @param attention what cosines and sines are multiplied by
     * @param where the parameters stand, for messages
     */
    record LongRope(float[] shorter, float[] longer, int context, double attention, String where)
            implements RotaryScaling {
        @Override
        public void require(int dim) {
            require("short_factor", shorter, dim / 2);
            require("long_factor", longer, dim / 2);
        }

        private void require(String key, float[] factors, int pairs) {
            if (factors.length != pairs) {
                throw TokamakException.configuration(where + key + " has " + factors.length
                        + " numbers where one for each of the " + pairs + " pairs of a head is expected");
            }
        }

        @Override
        public float[] frequencies(double theta, int dim, int length) {
            float[] factors = length > context ? longer : shorter;
            float[] frequencies = powers(theta, dim / 2, dim);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] = 1 / (factors[i] * frequencies[i]);
            }
            return frequencies;
        }

        @Override
        public float attentionFactor() {
            return (float) attention;
        }
    }

    /**
     * Llama 3.1: wavelengths longer than {@code context / low} are stretched by the factor, those shorter than
     * {@code context / high} are kept, and those between are blended.
     */
    record Llama3(double factor, double low, double high, double context) implements RotaryScaling {
        @Override
        public float[] frequencies(double theta, int dim, int length) {
            float[] frequencies = plain(theta, dim);
            float longest = (float) (context / low);
            float shortest = (float) (context / high);
            for (int i = 0; i < frequencies.length; i++) {
                float frequency = frequencies[i];
                float wavelength = 1 / frequency * (float) (2 * Math.PI);
                if (wavelength > longest) {
                    frequencies[i] = frequency / (float) factor;
                } else if (!(wavelength < shortest)) {
                    float keep = (1 / wavelength * (float) context - (float) low) / (float) (high - low);
                    frequencies[i] = (1 - keep) * frequency / (float) factor + keep * frequency;
                }
            }
            return frequencies;
        }
    }
}
