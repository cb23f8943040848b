package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSpec;
import dev.tokamak.libtorch.model.ModelConfig;

/** Mistral 7B and its like: Llama with a sliding window, which later releases leave out. */
public final class Mistral implements ModelFamily {
    @Override
    public String architecture() {
        return "MistralForCausalLM";
    }

    @Override
    public DecoderSpec spec(ModelConfig config) {
        DecoderSpec spec = DecoderSpec.of(config);
        spec.windows = config.windows(spec.layers, config.size("sliding_window", 0), 0);
        return spec;
    }
}
