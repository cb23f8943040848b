package dev.tokamak.libtorch.model;

import dev.tokamak.libtorch.config.ModelConfig;

/**
 * The sizes of a mixture of experts.
 *
 * @param count how many experts there are
 * @param top how many of them a token has
 * @param intermediate width between an expert's projections
 */
public record ExpertSizes(int count, int top, int intermediate) {
    /** Bounds as those of {@link DecoderSizes}. */
    private static final int MOST = 1 << 14;

    private static final int WIDEST = 1 << 22;

    /**
     * Those of a configuration.
     *
     * @param config of the model
     * @param countKey how many experts there are
     * @param otherKey what else that may be called; it holds where the file has it
     * @param intermediateKey the width between an expert's projections
     */
    public static ExpertSizes of(ModelConfig config, String countKey, String otherKey, String intermediateKey) {
        int count = config.size(config.has(otherKey) ? otherKey : countKey);
        if (config.has(otherKey) && config.has(countKey) && config.size(countKey) != count) {
            throw config.unsupported("has " + countKey + " and " + otherKey + ", which say the same, with two values");
        }
        int top = config.size("num_experts_per_tok");
        int intermediate = config.size(intermediateKey);
        if (top > count) {
            throw config.fault("num_experts_per_tok", "a number up to that of the experts, " + count + ",");
        }
        if (count > MOST || intermediate > WIDEST) {
            throw config.unsupported("describes " + count + " experts with MLPs of " + intermediate
                    + " in each layer, which no machine holds");
        }
        return new ExpertSizes(count, top, intermediate);
    }
}
