package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Router;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Qwen 3 MoE, such as 30B-A3B and Coder: Qwen 3 with experts. */
final class Qwen3Moe extends DecoderFamily {
    Qwen3Moe() {
        super("Qwen3MoeForCausalLM", "qwen3_moe", """
                {
                "vocab_size": 151936, "hidden_size": 2048, "intermediate_size": 6144,
                "num_hidden_layers": 24, "num_attention_heads": 32, "num_key_value_heads": 4,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 32768,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false, "attention_bias": false,
                "use_sliding_window": false, "sliding_window": 4096,
                "decoder_sparse_step": 1, "mlp_only_layers": null, "moe_intermediate_size": 768,
                "num_experts_per_tok": 8, "num_experts": 128, "norm_topk_prob": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Qwen 3 30B-A3B and 235B-A22B";
    }

    /** What Qwen3 Coder says in the words of the family before. */
    @Override
    public String understood() {
        return "{\"shared_expert_intermediate_size\": 0, \"use_qk_norm\": true}";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        // All layers slide or none does; dense Qwen says here from where on they do.
        config.ignore("max_window_layers");
        boolean biased = config.flag("attention_bias");
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .biased(biased, biased)
                .headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, false)
                .window(Qwen2Moe.window(config).orElse(0));
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        ExpertSizes experts = ExpertSizes.of(sizes.config, "num_experts", "num_local_experts", "moe_intermediate_size");
        String name = layer(index) + "mlp.";
        Router router = Qwen2Moe.router(sizes.config, name, sizes.hidden, experts);
        return Qwen2Moe.sparse(sizes.config, index)
                ? mixture(sizes, experts, router, name)
                : super.feedForward(sizes, index);
    }
}
