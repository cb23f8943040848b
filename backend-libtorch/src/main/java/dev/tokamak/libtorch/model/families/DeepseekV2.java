package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.Router;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.operators.Routing;

/** DeepSeek V2, V2 Lite and Coder V2: latent attention, and experts that are the best of a softmax. */
final class DeepseekV2 extends DeepseekFamily {
    DeepseekV2() {
        super("DeepseekV2ForCausalLM", "deepseek_v2", """
                {
                "vocab_size": 102400, "hidden_size": 4096, "intermediate_size": 11008,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "mlp_bias": false,
                "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
                "v_head_dim": 128, "moe_intermediate_size": 1407, "num_experts_per_tok": null,
                "n_routed_experts": 64, "n_shared_experts": 2, "routed_scaling_factor": 1.0,
                "n_group": null, "topk_group": null, "topk_method": "greedy", "norm_topk_prob": false,
                "first_k_dense_replace": 0
                }""");
    }

    @Override
    public String publishedAs() {
        return "DeepSeek V2 and V2 Lite";
    }

    @Override
    public String sizesOfOne() {
        return "{\"num_experts_per_tok\": 6}";
    }

    @Override
    boolean sideBySide(ModelConfig config) {
        return true;
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        boolean biased = config.flag("mlp_bias");
        ExpertSizes experts = ExpertSizes.of(config, "n_routed_experts", "num_experts", "moe_intermediate_size");
        String name = layer(index) + "mlp.";
        Router router = router(config, name, sizes.hidden, experts);
        int shared = config.size("n_shared_experts") * experts.intermediate();
        return index < config.count("first_k_dense_replace")
                ? gated(sizes, name, activation(sizes), sizes.intermediate, biased)
                : mixture(sizes, experts, router, name)
                        .shared(gated(sizes, name + "shared_experts.", activation(sizes), shared, biased), null);
    }

    private static Router router(ModelConfig config, String name, int hidden, ExpertSizes experts) {
        expect(config, "scoring_func", "softmax");
        if (config.flag("norm_topk_prob")) {
            // The first code of the model divided by the sum instead of scaling; transformers does not.
            throw config.fault("norm_topk_prob", "false");
        }
        Router router = new Router(name + "gate", Routing.Kind.SOFTMAX, hidden, experts.count(), experts.top())
                .wide()
                .scaled(config.positive("routed_scaling_factor"));
        switch (config.text("topk_method")) {
            case "greedy" -> {
                config.ignore("n_group");
                config.ignore("topk_group");
            }
            case "group_limited_greedy" -> {
                int groups = config.size("n_group");
                int kept = config.size("topk_group");
                Glm4Moe.requireGroups(config, experts, groups, kept);
                router.groups(groups, kept);
            }
            default -> throw config.fault("topk_method", "greedy or group_limited_greedy");
        }
        return router;
    }
}
