package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.MixtureOfExperts;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Granite MoE with a network beside the experts that all tokens share. */
final class GraniteMoeShared extends GraniteMoe {
    GraniteMoeShared() {
        super("GraniteMoeSharedForCausalLM", "granitemoeshared", """
                {
                "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "embedding_multiplier": 1.0, "logits_scaling": 1.0,
                "residual_multiplier": 1.0, "attention_multiplier": 1.0,
                "num_local_experts": 8, "num_experts_per_tok": 2, "shared_intermediate_size": 0
                }""");
    }

    @Override
    public String publishedAs() {
        return "Granite MoE with shared experts";
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        MixtureOfExperts experts = experts(sizes, index);
        int shared = sizes.config.count("shared_intermediate_size");
        if (shared == 0) {
            return experts;
        }
        String name = layer(index) + "shared_mlp.";
        return experts.shared(
                FeedForward.gated(
                        Piece.slice(name + "input_linear", 2 * shared, 0, shared),
                        Piece.slice(name + "input_linear", 2 * shared, shared, shared),
                        name + "output_linear",
                        activation(sizes),
                        sizes.hidden,
                        shared,
                        false),
                null);
    }
}
