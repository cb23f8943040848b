package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** OLMoE: small experts, norms of all queries and all keys. */
final class Olmoe extends DecoderFamily {
    Olmoe() {
        super("OlmoeForCausalLM", "olmoe", """
                {
                "vocab_size": 50304, "hidden_size": 2048, "intermediate_size": 2048,
                "num_hidden_layers": 16, "num_attention_heads": 16, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 4096,
                "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false, "attention_bias": false,
                "clip_qkv": null, "num_experts_per_tok": 8, "num_experts": 64, "norm_topk_prob": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "OLMoE";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .biased(biased, biased)
                .widthNorms(name + "q_norm", name + "k_norm", sizes.epsilon)
                .clip(sizes.config.positiveOrNone("clip_qkv").orElse(0));
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        ExpertSizes experts = ExpertSizes.of(sizes.config, "num_experts", "num_local_experts", "intermediate_size");
        String name = layer(index) + "mlp.";
        return mixture(sizes, experts, Qwen2Moe.router(sizes.config, name, sizes.hidden, experts), name);
    }
}
