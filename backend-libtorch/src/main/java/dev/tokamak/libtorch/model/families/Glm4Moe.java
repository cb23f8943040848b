package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Router;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.operators.Routing;

/** GLM 4.5 and 4.6: half of each head is turned, and experts behind the first layers, with the router of DeepSeek V3. */
final class Glm4Moe extends DecoderFamily {
    Glm4Moe() {
        super("Glm4MoeForCausalLM", "glm4_moe", """
                {
                "vocab_size": 151552, "hidden_size": 4096, "intermediate_size": 10944,
                "num_hidden_layers": 46, "num_attention_heads": 96, "num_key_value_heads": 8,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 131072,
                "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "use_qk_norm": false, "partial_rotary_factor": 0.5,
                "moe_intermediate_size": 1408, "num_experts_per_tok": 8, "n_shared_experts": 1,
                "n_routed_experts": 128, "routed_scaling_factor": 1.0, "n_group": 1, "topk_group": 1,
                "first_k_dense_replace": 1, "norm_topk_prob": true
                }""");
    }

    @Override
    public String publishedAs() {
        return "GLM 4.5 and 4.6";
    }

    @Override
    public String sizesOfOne() {
        return "{\"head_dim\": 128}";
    }

    @Override
    int rotaryDim(DecoderSizes sizes) {
        return sizes.config.rotaryDim(sizes.headDim);
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        String name = layer(index) + "self_attn.";
        Attention.Builder attention = super.attention(sizes, index).biased(sizes.config.flag("attention_bias"), false);
        return sizes.config.flag("use_qk_norm")
                ? attention.headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, false)
                : attention;
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        return noAuxiliaryLoss(this, sizes, index, index < sizes.config.count("first_k_dense_replace"));
    }

    /** DeepSeek V3's layers: dense, or with experts whose router was balanced by a correction of its scores. */
    static Sublayer noAuxiliaryLoss(DecoderFamily family, DecoderSizes sizes, int index, boolean dense) {
        ModelConfig config = sizes.config;
        // Layers behind the last, which draft tokens.
        config.ignore("num_nextn_predict_layers");
        config.ignore("num_mtp_layers");
        ExpertSizes experts = ExpertSizes.of(config, "n_routed_experts", "num_local_experts", "moe_intermediate_size");
        int groups = config.size("n_group");
        int kept = config.size("topk_group");
        requireGroups(config, experts, groups, kept);
        String name = family.layer(index) + "mlp.";
        Router router = new Router(name + "gate", Routing.Kind.SIGMOID, sizes.hidden, experts.count(), experts.top())
                .wide()
                .corrected(name + "gate.e_score_correction_bias")
                .groups(groups, kept)
                .normalised(config.flag("norm_topk_prob"))
                .scaled(config.positive("routed_scaling_factor"));
        int shared = config.size("n_shared_experts") * experts.intermediate();
        return dense
                ? gated(sizes, name, family.activation(sizes), sizes.intermediate, false)
                : family.mixture(sizes, experts, router, name)
                        .shared(gated(sizes, name + "shared_experts.", family.activation(sizes), shared, false), null);
    }

    /** Refuses groups that do not divide the experts or have too few of them. */
    static void requireGroups(ModelConfig config, ExpertSizes experts, int groups, int kept) {
        if (experts.count() % groups != 0 || kept > groups || experts.count() / groups * kept < experts.top()) {
            throw config.unsupported("has " + experts.count() + " experts in " + groups + " groups (n_group), of which "
                    + kept + " (topk_group) cannot give " + experts.top() + " experts a token (num_experts_per_tok)");
        }
    }
}
