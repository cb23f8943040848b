package dev.tokamak.libtorch.config;

/**
 * How a model's rotary frequencies were changed to stretch its context. The only place that knows what a {@code rope_type}
 * computes; {@link RotaryConfig} is the only one that reads it.
 */
sealed interface RotaryScaling {
    /**
     * Changes the frequencies.
     *
     * @param frequencies the plain ones in radians a token, changed in place
     */
    void apply(float[] frequencies);

    /** What cosines and sines are multiplied by. */
    default float attentionFactor() {
        return 1;
    }

    /** How many times the context that {@code max_position_embeddings} names may be exceeded. */
    default double stretch() {
        return 1;
    }

    /** No change. */
    record None() implements RotaryScaling {
        @Override
        public void apply(float[] frequencies) {}
    }

    /** All frequencies divided by one factor. */
    record Linear(double factor) implements RotaryScaling {
        @Override
        public void apply(float[] frequencies) {
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= (float) factor;
            }
        }

        @Override
        public double stretch() {
            return Math.max(1, factor);
        }
    }

    /**
     * Llama 3.1: wavelengths longer than {@code context / low} are stretched by the factor, those shorter than
     * {@code context / high} are kept, and those between are blended.
     *
     * <p>Each operation is one of float32 in the order of {@code transformers}: at 4,000 tokens an angle's error is 4,000 times
     * its frequency's. Torch divides a number by a tensor by multiplying with the reciprocal.
     */
    record Llama3(double factor, double low, double high, double context) implements RotaryScaling {
        @Override
        public void apply(float[] frequencies) {
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
        }
    }
}
