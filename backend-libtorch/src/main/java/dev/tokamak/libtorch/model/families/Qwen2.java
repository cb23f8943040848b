package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSpec;
import dev.tokamak.libtorch.model.ModelConfig;

/** Qwen 2 and 2.5: biases on queries, keys and values, and a sliding window in the upper layers if it is switched on. */
public final class Qwen2 implements ModelFamily {
    @Override
    public String architecture() {
        return "Qwen2ForCausalLM";
    }

    @Override
    public DecoderSpec spec(ModelConfig config) {
        DecoderSpec spec = DecoderSpec.of(config);
        spec.qkvBias = true;
        spec.windows = windows(config, spec.layers);
        return spec;
    }

    static int[] windows(ModelConfig config, int layers) {
        return config.flag("use_sliding_window", false)
                ? config.windows(layers, config.size("sliding_window", 0), config.size("max_window_layers", layers))
                : new int[layers];
    }
}
