package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSpec;
import dev.tokamak.libtorch.model.ModelConfig;

/** Llama 2, 3, 3.1 and 3.2, and what was built alike. */
public final class Llama implements ModelFamily {
    @Override
    public String architecture() {
        return "LlamaForCausalLM";
    }

    @Override
    public DecoderSpec spec(ModelConfig config) {
        DecoderSpec spec = DecoderSpec.of(config);
        spec.qkvBias = config.flag("attention_bias", false);
        spec.outputBias = spec.qkvBias;
        spec.mlpBias = config.flag("mlp_bias", false);
        return spec;
    }
}
