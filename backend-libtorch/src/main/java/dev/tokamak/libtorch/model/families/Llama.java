package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Llama 2, 3, 3.1 and 3.2, and what was built alike. */
final class Llama extends DecoderFamily {
    Llama() {
        super("LlamaForCausalLM");
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias", false);
        return super.attention(sizes, index).biased(biased, biased);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("mlp_bias", false);
        return gated(sizes, layer(index) + "mlp.", activation(sizes), sizes.intermediate, biased);
    }
}
