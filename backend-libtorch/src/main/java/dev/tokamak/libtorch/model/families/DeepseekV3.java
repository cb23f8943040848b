package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** DeepSeek V3, V3.1 and R1, and what was built alike, such as Kimi K2 and Moonlight. */
final class DeepseekV3 extends DeepseekFamily {
    DeepseekV3() {
        super("DeepseekV3ForCausalLM", "deepseek_v3", """
                {
                "vocab_size": 129280, "hidden_size": 7168, "intermediate_size": 18432,
                "num_hidden_layers": 61, "num_attention_heads": 128, "num_key_value_heads": 128,
                "hidden_act": "silu", "max_position_embeddings": 4096,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "rope_interleave": true,
                "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
                "v_head_dim": 128, "moe_intermediate_size": 2048, "num_experts_per_tok": 8,
                "n_routed_experts": 256, "n_shared_experts": 1, "routed_scaling_factor": 2.5,
                "n_group": 8, "topk_group": 4, "norm_topk_prob": true, "first_k_dense_replace": 3
                }""");
    }

    @Override
    public String publishedAs() {
        return "DeepSeek V3 and R1 in 16 bits";
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        boolean dense = index < sizes.config.count("first_k_dense_replace");
        return noAuxiliaryLoss(sizes, index, dense);
    }
}
