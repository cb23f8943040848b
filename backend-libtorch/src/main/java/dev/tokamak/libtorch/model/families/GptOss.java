package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.MixtureOfExperts;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.Router;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.operators.Activation;
import dev.tokamak.libtorch.operators.Gate;
import dev.tokamak.libtorch.operators.Routing;
import java.util.List;

/** gpt-oss: sinks, a window in every second layer, biases everywhere, and experts with a clamped gate, all in two tensors a layer. */
final class GptOss extends DecoderFamily {
    GptOss() {
        super("GptOssForCausalLM", "gpt_oss", """
                {
                "vocab_size": 201088, "hidden_size": 2880, "intermediate_size": 2880,
                "num_hidden_layers": 36, "num_attention_heads": 64, "num_key_value_heads": 8,
                "head_dim": 64, "hidden_act": "silu", "max_position_embeddings": 131072,
                "rms_norm_eps": 1e-05, "rope_theta": 150000.0, "tie_word_embeddings": false, "attention_bias": true,
                "sliding_window": 128, "num_local_experts": 128, "num_experts_per_tok": 4,
                "swiglu_alpha": 1.702, "swiglu_limit": 7.0,
                "rope_parameters": {
                "rope_type": "yarn", "factor": 32.0, "beta_fast": 32.0, "beta_slow": 1.0, "truncate": false,
                "original_max_position_embeddings": 4096
                }
                }""");
    }

    @Override
    public String publishedAs() {
        return "gpt-oss in 16 bits";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        int window = LayerWindows.of(
                config, sizes.layers, config.sizeOrNone("sliding_window"), layer -> layer % 2 == 0)[index];
        boolean biased = config.flag("attention_bias");
        return super.attention(sizes, index)
                .biased(biased, biased)
                .window(window)
                .sinks(layer(index) + "self_attn.sinks");
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        // What the first checkpoints say twice.
        config.ignore("experts_per_token");
        config.ignore("initial_context_length");
        if (activation(sizes) != Activation.SILU) {
            throw config.fault("hidden_act", "silu");
        }
        ExpertSizes experts = ExpertSizes.of(config, "num_local_experts", "num_experts", "intermediate_size");
        Gate gate = Gate.clamped(config.positive("swiglu_alpha"), config.positive("swiglu_limit"));
        int count = experts.count();
        int both = 2 * experts.intermediate();
        String name = layer(index) + "mlp.";
        Router router = new Router(name + "router", Routing.Kind.SOFTMAX_OF_CHOSEN, sizes.hidden, count, experts.top())
                .biased();
        return new MixtureOfExperts(router, gate, sizes.hidden, experts.intermediate(), count)
                .weights(
                        expert -> List.of(
                                Piece.alternate(name + "experts.gate_up_proj", both, 0)
                                        .in(new Piece.Slab(expert, count, true, true)),
                                Piece.alternate(name + "experts.gate_up_proj", both, 1)
                                        .in(new Piece.Slab(expert, count, true, true))),
                        expert -> Piece.of(name + "experts.down_proj", sizes.hidden)
                                .in(new Piece.Slab(expert, count, true, true)))
                .biased();
    }
}
