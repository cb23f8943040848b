package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** GLM 4 9B of 2024: half of each head is turned, pairs lie side by side. */
class Glm extends DecoderFamily {
    Glm() {
        this("GlmForCausalLM", "glm");
    }

    @Override
    public String publishedAs() {
        return "GLM 4 9B of 2024";
    }

    Glm(String architecture, String modelType) {
        super(architecture, modelType, """
                {
                "vocab_size": 151552, "hidden_size": 4096, "intermediate_size": 13696,
                "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 2,
                "head_dim": 128, "hidden_act": "silu", "max_position_embeddings": 131072,
                "rms_norm_eps": 1.5625e-07, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": true, "partial_rotary_factor": 0.5
                }""");
    }

    @Override
    int rotaryDim(DecoderSizes sizes) {
        return sizes.config.rotaryDim(sizes.headDim);
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        return super.attention(sizes, index)
                .biased(sizes.config.flag("attention_bias"), false)
                .rotary(0, rotaryDim(sizes), true);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        return gatedFused(sizes, layer(index) + "mlp.", activation(sizes));
    }
}
