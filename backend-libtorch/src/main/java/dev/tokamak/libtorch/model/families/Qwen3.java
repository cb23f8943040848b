package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSpec;
import dev.tokamak.libtorch.model.ModelConfig;

/** Qwen 3: queries and keys are normalised head by head. */
public final class Qwen3 implements ModelFamily {
    @Override
    public String architecture() {
        return "Qwen3ForCausalLM";
    }

    @Override
    public DecoderSpec spec(ModelConfig config) {
        DecoderSpec spec = DecoderSpec.of(config);
        spec.qkvBias = config.flag("attention_bias", false);
        spec.outputBias = spec.qkvBias;
        spec.headNorms = true;
        spec.windows = Qwen2.windows(config, spec.layers);
        return spec;
    }
}
