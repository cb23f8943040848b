package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.MixtureOfExperts;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.Router;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.operators.Gate;
import dev.tokamak.libtorch.operators.Routing;
import java.util.List;

/** Mixtral 8x7B and 8x22B: Mistral with two of eight experts a token. */
final class Mixtral extends DecoderFamily {
    Mixtral() {
        super("MixtralForCausalLM", "mixtral", """
                {
                "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 131072,
                "rms_norm_eps": 1e-05, "rope_theta": 1000000.0, "tie_word_embeddings": false,
                "sliding_window": null, "num_experts_per_tok": 2, "num_local_experts": 8
                }""");
    }

    @Override
    public String publishedAs() {
        return "Mixtral 8x7B and 8x22B";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        return super.attention(sizes, index)
                .window(sizes.config.sizeOrNone("sliding_window").orElse(0));
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        ExpertSizes experts = ExpertSizes.of(sizes.config, "num_local_experts", "num_experts", "intermediate_size");
        String name = layer(index) + "block_sparse_moe.";
        Router router = new Router(name + "gate", Routing.Kind.SOFTMAX, sizes.hidden, experts.count(), experts.top())
                .normalised(true);
        return new MixtureOfExperts(
                        router, Gate.of(activation(sizes)), sizes.hidden, experts.intermediate(), experts.count())
                .weights(
                        expert -> List.of(
                                Piece.of(name + "experts." + expert + ".w1", experts.intermediate()),
                                Piece.of(name + "experts." + expert + ".w3", experts.intermediate())),
                        expert -> Piece.of(name + "experts." + expert + ".w2", sizes.hidden));
    }
}
