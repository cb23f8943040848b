package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** dots.llm1: Qwen 3's attention and DeepSeek V3's experts. */
final class Dots1 extends DecoderFamily {
    Dots1() {
        super("Dots1ForCausalLM", "dots1", """
                {
                "vocab_size": 152064, "hidden_size": 4608, "intermediate_size": 10944,
                "num_hidden_layers": 62, "num_attention_heads": 32, "num_key_value_heads": 32,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "sliding_window": 4096, "max_window_layers": 62,
                "moe_intermediate_size": 1408, "num_experts_per_tok": null, "n_shared_experts": null,
                "n_routed_experts": null, "routed_scaling_factor": 1.0, "n_group": 1, "topk_group": 1,
                "first_k_dense_replace": 0, "norm_topk_prob": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "dots.llm1";
    }

    @Override
    public String sizesOfOne() {
        return """
                {
                "hidden_size": 4096, "n_routed_experts": 128, "n_shared_experts": 2, "num_experts_per_tok": 6
                }""";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        int full = config.count("max_window_layers");
        int[] windows =
                LayerWindows.of(config, sizes.layers, config.sizeOrNone("sliding_window"), layer -> layer >= full);
        boolean biased = config.flag("attention_bias");
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .biased(biased, biased)
                .headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, false)
                .window(windows[index]);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        DeepseekFamily.expect(sizes.config, "scoring_func", "sigmoid", "noaux_tc");
        DeepseekFamily.expect(sizes.config, "topk_method", "noaux_tc");
        boolean dense = index < sizes.config.count("first_k_dense_replace");
        return Glm4Moe.noAuxiliaryLoss(this, sizes, index, dense);
    }
}
