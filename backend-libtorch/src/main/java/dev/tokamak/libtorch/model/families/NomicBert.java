package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.DistanceScores;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.operators.Activation;
import java.util.List;

/**
 * Nomic's BERT: rotation instead of learned positions, a gated network, no biases. Its files have names of their own for weights and,
 * before {@code transformers} had a class for it, for sizes.
 */
final class NomicBert extends EncoderFamily {
    NomicBert() {
        super("NomicBert", "nomic_bert", "nomic_bert.", """
                {
                "vocab_size": 30528, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
                "intermediate_size": 3072, "hidden_act": "silu", "max_position_embeddings": 2048,
                "type_vocab_size": 2, "layer_norm_eps": 1e-12, "head_dim": null, "rope_theta": 1000.0
                }""");
    }

    @Override
    public String publishedAs() {
        return "nomic-embed-text";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        if (!config.has("n_embd")) {
            DecoderSizes sizes = super.sizes(config);
            if (config.sizeOrNone("head_dim").orElse(sizes.headDim) != sizes.headDim) {
                throw config.fault("head_dim", "hidden_size divided by num_attention_heads");
            }
            return sizes;
        }
        refuseVariants(config);
        int context = config.has("max_trained_positions") ? config.size("max_trained_positions") : 2048;
        int hidden = config.size("n_embd");
        int heads = config.size("n_head");
        return new DecoderSizes(
                config,
                config.size("n_layer"),
                hidden,
                heads,
                heads,
                hidden / heads,
                config.isNull("n_inner") ? 4 * hidden : config.size("n_inner"),
                config.size("vocab_size"),
                Math.min(context, config.size("n_positions")),
                config.has("layer_norm_epsilon") ? config.positive("layer_norm_epsilon") : 1e-12);
    }

    /** What its first configurations could ask for, and no published model does. */
    private static void refuseVariants(ModelConfig config) {
        for (String key : new String[] {
            "prenorm",
            "parallel_block",
            "use_rms_norm",
            "qkv_proj_bias",
            "mlp_fc1_bias",
            "mlp_fc2_bias",
            "rotary_emb_interleaved",
            "causal",
            "scale_attn_by_inverse_layer_idx"
        }) {
            if (config.has(key) && !config.isNull(key) && config.flag(key)) {
                throw config.fault(key, "false");
            }
        }
        for (String key : new String[] {"rotary_emb_scale_base", "rotary_scaling_factor"}) {
            if (!config.isNull(key)) {
                throw config.fault(key, "null");
            }
        }
        if (config.has("rotary_emb_fraction") && config.positive("rotary_emb_fraction") != 1) {
            throw config.fault("rotary_emb_fraction", "1");
        }
        if (config.has("scale_attn_weights") && !config.flag("scale_attn_weights")) {
            throw config.fault("scale_attn_weights", "true");
        }
        if (config.has("activation_function")
                && !config.text("activation_function").equals("swiglu")) {
            throw config.fault("activation_function", "\"swiglu\"");
        }
        for (String inert : new String[] {
            "dense_seq_output",
            "fused_dropout_add_ln",
            "pad_vocab_size_multiple",
            "parallel_block_tied_norm",
            "reorder_and_upcast_attn",
            "summary_activation",
            "summary_first_dropout",
            "summary_proj_to_labels",
            "summary_type",
            "summary_use_proj",
            "use_xentropy"
        }) {
            config.ignore(inert);
        }
    }

    @Override
    String layer(int index) {
        return stem() + "encoder.layers." + index + ".";
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return new Embedding(stem() + "embeddings.word_embeddings", sizes.vocabulary, sizes.hidden)
                .types(stem() + "embeddings.token_type_embeddings", sizes.config.size("type_vocab_size"))
                .normed(norm(sizes, stem() + "emb_ln"));
    }

    @Override
    Block block(DecoderSizes sizes, int index, DistanceScores distances) {
        String name = layer(index);
        String fused = name + "attn.Wqkv";
        int width = sizes.hidden;
        Activation activation =
                sizes.config.has("n_embd") ? Activation.SILU : DecoderFamily.activation(sizes, "hidden_act");
        FeedForward feedForward = FeedForward.gated(
                Piece.of(name + "mlp.fc12", sizes.intermediate),
                Piece.of(name + "mlp.fc11", sizes.intermediate),
                name + "mlp.fc2",
                activation,
                width,
                sizes.intermediate,
                false);
        return block(
                sizes,
                attention(sizes)
                        .weights(
                                Piece.slice(fused, 3 * width, 0, width),
                                Piece.slice(fused, 3 * width, width, width),
                                Piece.slice(fused, 3 * width, 2 * width, width),
                                name + "attn.out_proj")
                        .rotary(0, sizes.headDim, false)
                        .build(),
                name + "norm1",
                feedForward,
                name + "norm2");
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        String theta = sizes.config.has("rotary_emb_base") ? "rotary_emb_base" : "rope_theta";
        return List.of(new RotaryTable(sizes.config.rotary(null, theta), sizes.headDim, sizes.headDim));
    }
}
