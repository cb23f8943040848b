package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Granite 3: Llama with multipliers of embedding, attention, residual stream and logits. */
class Granite extends DecoderFamily {
    Granite() {
        super("GraniteForCausalLM", "granite", """
                {
                "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "mlp_bias": false, "embedding_multiplier": 1.0, "logits_scaling": 1.0,
                "residual_multiplier": 1.0, "attention_multiplier": 1.0
                }""");
    }

    @Override
    public String publishedAs() {
        return "Granite 3 and 4 micro";
    }

    Granite(String architecture, String modelType, String defaults) {
        super(architecture, modelType, defaults);
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return super.embedding(sizes).scaled(sizes.config.positive("embedding_multiplier"));
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return super.block(sizes, index).scaled(sizes.config.positive("residual_multiplier"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        return super.attention(sizes, index)
                .biased(biased, biased)
                .scale(sizes.config.positive("attention_multiplier"));
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("mlp_bias");
        return gated(sizes, layer(index) + "mlp.", activation(sizes), sizes.intermediate, biased);
    }

    @Override
    Head head(DecoderSizes sizes, Embedding embedding) {
        return super.head(sizes, embedding).scaled(1 / sizes.config.positive("logits_scaling"));
    }
}
