package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.MixtureOfExperts;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.Router;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.operators.Gate;
import dev.tokamak.libtorch.operators.Routing;
import java.util.List;

/** Granite 3 MoE, such as 1B-A400M: Granite with experts, all in two tensors a layer. */
class GraniteMoe extends Granite {
    GraniteMoe() {
        super("GraniteMoeForCausalLM", "granitemoe", """
                {
                "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "embedding_multiplier": 1.0, "logits_scaling": 1.0,
                "residual_multiplier": 1.0, "attention_multiplier": 1.0,
                "num_local_experts": 8, "num_experts_per_tok": 2
                }""");
    }

    @Override
    public String publishedAs() {
        return "Granite 3 MoE";
    }

    GraniteMoe(String architecture, String modelType, String defaults) {
        super(architecture, modelType, defaults);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        return experts(sizes, index);
    }

    final MixtureOfExperts experts(DecoderSizes sizes, int index) {
        ExpertSizes experts = ExpertSizes.of(sizes.config, "num_local_experts", "num_experts", "intermediate_size");
        int count = experts.count();
        String name = layer(index) + "block_sparse_moe.";
        Router router =
                new Router(name + "router.layer", Routing.Kind.SOFTMAX_OF_CHOSEN, sizes.hidden, count, experts.top());
        return new MixtureOfExperts(router, Gate.of(activation(sizes)), sizes.hidden, experts.intermediate(), count)
                .weights(
                        expert -> List.of(Piece.of(name + "input_linear", 2 * experts.intermediate())
                                .in(new Piece.Slab(expert, count, false, false))),
                        expert -> Piece.of(name + "output_linear", sizes.hidden)
                                .in(new Piece.Slab(expert, count, false, false)));
    }
}
