package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Router;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.operators.Routing;
import java.util.List;
import java.util.OptionalInt;

/** Qwen 1.5 and 2 MoE: Qwen 2 with experts, and a gated network that all tokens share. */
final class Qwen2Moe extends DecoderFamily {
    Qwen2Moe() {
        super("Qwen2MoeForCausalLM", "qwen2_moe", """
                {
                "vocab_size": 151936, "hidden_size": 2048, "intermediate_size": 5632,
                "num_hidden_layers": 24, "num_attention_heads": 16, "num_key_value_heads": 16,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 32768,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "use_sliding_window": false, "sliding_window": 4096, "max_window_layers": 28, "qkv_bias": true,
                "decoder_sparse_step": 1, "mlp_only_layers": null, "moe_intermediate_size": 1408,
                "shared_expert_intermediate_size": 5632, "num_experts_per_tok": 4, "num_experts": 60,
                "norm_topk_prob": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Qwen 1.5 and 2 MoE";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        int below = config.count("max_window_layers");
        int[] windows = LayerWindows.of(config, sizes.layers, window(config), layer -> layer % 2 == 0 && layer < below);
        return super.attention(sizes, index)
                .biased(config.flag("qkv_bias"), false)
                .window(windows[index]);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        ExpertSizes experts = ExpertSizes.of(config, "num_experts", "num_local_experts", "moe_intermediate_size");
        int sharedIntermediate = config.size("shared_expert_intermediate_size");
        String name = layer(index) + "mlp.";
        Router router = router(config, name, sizes.hidden, experts);
        return sparse(config, index)
                ? mixture(sizes, experts, router, name)
                        .shared(
                                gated(sizes, name + "shared_expert.", activation(sizes), sharedIntermediate, false),
                                name + "shared_expert_gate")
                : super.feedForward(sizes, index);
    }

    /** The window of the layers that slide; {@code transformers} saves 0 where none does. */
    static OptionalInt window(ModelConfig config) {
        config.ignore("sliding_window");
        return config.flag("use_sliding_window") ? config.sizeOrNone("sliding_window") : OptionalInt.empty();
    }

    /** Qwen's router: the best of a softmax. */
    static Router router(ModelConfig config, String name, int hidden, ExpertSizes experts) {
        return new Router(name + "gate", Routing.Kind.SOFTMAX, hidden, experts.count(), experts.top())
                .normalised(config.flag("norm_topk_prob"));
    }

    /** Whether a layer has experts. */
    static boolean sparse(ModelConfig config, int layer) {
        int step = config.size("decoder_sparse_step");
        List<Integer> dense = config.countsOrNone("mlp_only_layers").orElse(List.of());
        return (layer + 1) % step == 0 && !dense.contains(layer);
    }
}
