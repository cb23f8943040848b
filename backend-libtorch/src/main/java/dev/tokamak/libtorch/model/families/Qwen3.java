package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;

/** Qwen 3: queries and keys are normalised head by head. */
final class Qwen3 extends DecoderFamily {
    Qwen3() {
        super("Qwen3ForCausalLM");
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias", false);
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .biased(biased, biased)
                .headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, false)
                .window(Qwen2.window(sizes, index));
    }
}
