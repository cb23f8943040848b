package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Sublayer;
import java.util.List;

/** GLM 4.7 Flash: DeepSeek V3's latent attention and router. */
final class Glm4MoeLite extends DeepseekFamily {
    Glm4MoeLite() {
        super("Glm4MoeLiteForCausalLM", "glm4_moe_lite", """
                {
                "vocab_size": 154880, "hidden_size": 2048, "intermediate_size": 10240,
                "num_hidden_layers": 47, "num_attention_heads": 20, "num_key_value_heads": 20,
                "hidden_act": "silu", "max_position_embeddings": 202752,
                "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "rope_interleave": true,
                "kv_lora_rank": 512, "q_lora_rank": 768, "qk_nope_head_dim": 192, "qk_rope_head_dim": 64,
                "v_head_dim": 256, "moe_intermediate_size": 1536, "num_experts_per_tok": 4,
                "n_routed_experts": 64, "n_shared_experts": 1, "routed_scaling_factor": 1.8,
                "n_group": 1, "topk_group": 1, "norm_topk_prob": true
                }""");
    }

    @Override
    public String publishedAs() {
        return "GLM 4.7 Flash";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        int turned = config.size("qk_rope_head_dim");
        if (config.has("head_dim") && config.size("head_dim") != turned) {
            throw config.fault("head_dim", turned + ", as in qk_rope_head_dim,");
        }
        return super.sizes(config);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        return noAuxiliaryLoss(sizes, index, dense(sizes, index));
    }

    /** All but the first layer have experts, unless the file says otherwise. */
    private static boolean dense(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        List<String> kinds = config.textsOrNone("mlp_layer_types").orElse(null);
        if (config.has("first_k_dense_replace") && kinds == null && config.count("first_k_dense_replace") != 1) {
            throw config.fault("first_k_dense_replace", "1 (or mlp_layer_types beside it)");
        }
        config.ignore("first_k_dense_replace");
        if (kinds == null) {
            return index == 0;
        }
        if (kinds.size() != sizes.layers || !List.of("dense", "sparse").containsAll(kinds)) {
            throw config.fault("mlp_layer_types", "dense or sparse for each of the " + sizes.layers + " layers");
        }
        return kinds.get(index).equals("dense");
    }
}
