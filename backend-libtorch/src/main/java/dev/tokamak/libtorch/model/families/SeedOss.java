package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Seed-OSS: Llama with biases that are chosen for the projections behind attention by themselves. */
final class SeedOss extends DecoderFamily {
    SeedOss() {
        super("SeedOssForCausalLM", "seed_oss", """
                {
                "vocab_size": 155136, "hidden_size": 4096, "intermediate_size": 27648,
                "num_hidden_layers": 64, "num_attention_heads": 80, "num_key_value_heads": 8,
                "head_dim": 128, "hidden_act": "silu", "max_position_embeddings": 524288,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": true, "attention_out_bias": false, "mlp_bias": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Seed-OSS 36B";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        return super.attention(sizes, index).biased(config.flag("attention_bias"), config.flag("attention_out_bias"));
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("mlp_bias");
        return gated(sizes, layer(index) + "mlp.", activation(sizes), sizes.intermediate, biased);
    }
}
