package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Helium: Llama whose pairs lie side by side. */
final class Helium extends DecoderFamily {
    Helium() {
        super("HeliumForCausalLM", "helium", """
                {
                "vocab_size": 48000, "hidden_size": 2560, "intermediate_size": 7040,
                "num_hidden_layers": 24, "num_attention_heads": 20, "num_key_value_heads": 20,
                "head_dim": 128, "hidden_act": "silu", "max_position_embeddings": 4096,
                "rms_norm_eps": 1e-08, "rope_theta": 100000.0, "tie_word_embeddings": false,
                "attention_bias": false, "mlp_bias": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Helium 1";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        return super.attention(sizes, index)
                .biased(sizes.config.flag("attention_bias"), false)
                .rotary(0, sizes.headDim, true);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("mlp_bias");
        return gated(sizes, layer(index) + "mlp.", activation(sizes), sizes.intermediate, biased);
    }
}
