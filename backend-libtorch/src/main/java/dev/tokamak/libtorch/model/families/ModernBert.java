package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.DistanceScores;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.model.parts.Projection;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.operators.PoolingMode;
import java.util.List;
import java.util.OptionalInt;

/**
 * ModernBERT (Warner et al. 2024, arXiv:2412.13663): norms before the sublayers, a gated network, rotation instead of learned positions;
 * two layers of three see their surroundings only, and rotate faster.
 */
final class ModernBert extends EncoderFamily {
    ModernBert() {
        super("ModernBert", "modernbert", "model.", """
                {
                "vocab_size": 50368, "hidden_size": 768, "intermediate_size": 1152, "num_hidden_layers": 22,
                "num_attention_heads": 12, "hidden_activation": "gelu", "max_position_embeddings": 8192,
                "norm_eps": 1e-05, "norm_bias": false, "attention_bias": false, "local_attention": 128,
                "mlp_bias": false, "classifier_pooling": "cls", "classifier_bias": false,
                "classifier_activation": "gelu", "global_attn_every_n_layers": 3, "global_rope_theta": 160000.0,
                "local_rope_theta": 10000.0
                }""");
    }

    @Override
    public String publishedAs() {
        return "ModernBERT";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        for (String inert : new String[] {
            // Of the head that fills gaps, of training, of one implementation.
            "decoder_bias",
            "sparse_prediction",
            "sparse_pred_ignore_index",
            "initializer_cutoff_factor",
            "deterministic_flash_attn",
            "reference_compile",
            "repad_logits_with_grad",
            // What its class does not read, but its first files have beside norm_eps.
            "layer_norm_eps",
            // Of the head that classifies, which reads them if it is there.
            "classifier_pooling",
            "classifier_activation",
            "classifier_bias"
        }) {
            config.ignore(inert);
        }
        if (config.has("rope_scaling") && !config.isNull("rope_scaling")) {
            throw config.fault("rope_scaling", "null, or rope_parameters by kind of layer");
        }
        return sizes(config, 0, config.positive("norm_eps"));
    }

    @Override
    String layer(int index) {
        return stem() + "layers." + index + ".";
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return new Embedding(stem() + "embeddings.tok_embeddings", sizes.vocabulary, sizes.hidden)
                .normed(modernNorm(sizes, stem() + "embeddings.norm"));
    }

    private static Norm modernNorm(DecoderSizes sizes, String name) {
        return Norm.layer(name, sizes.hidden, sizes.epsilon, true, sizes.config.flag("norm_bias"));
    }

    @Override
    Norm lastNorm(DecoderSizes sizes) {
        return modernNorm(sizes, stem() + "final_norm");
    }

    @Override
    Block block(DecoderSizes sizes, int index, DistanceScores distances) {
        String name = layer(index);
        // The embedding is normalised already.
        Norm before = index == 0 ? null : modernNorm(sizes, name + "attn_norm");
        return new Block(attention(sizes, index), feedForward(sizes, name + "mlp."))
                .before(before, modernNorm(sizes, name + "mlp_norm"));
    }

    private Attention attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        int every = config.size("global_attn_every_n_layers");
        // To both sides half of it, and the token itself.
        int reach = config.size("local_attention") / 2 + 1;
        int window = LayerWindows.of(config, sizes.layers, OptionalInt.of(reach), layer -> layer % every != 0)[index];
        boolean biased = config.flag("attention_bias");
        String fused = layer(index) + "attn.Wqkv";
        int width = sizes.hidden;
        return attention(sizes)
                .weights(
                        Piece.slice(fused, 3 * width, 0, width),
                        Piece.slice(fused, 3 * width, width, width),
                        Piece.slice(fused, 3 * width, 2 * width, width),
                        layer(index) + "attn.Wo")
                .biased(biased, biased)
                .rotary(window > 0 ? 1 : 0, sizes.headDim, false)
                .window(window)
                .build();
    }

    private static FeedForward feedForward(DecoderSizes sizes, String name) {
        return FeedForward.gated(
                Piece.slice(name + "Wi", 2 * sizes.intermediate, 0, sizes.intermediate),
                Piece.slice(name + "Wi", 2 * sizes.intermediate, sizes.intermediate, sizes.intermediate),
                name + "Wo",
                DecoderFamily.activation(sizes, "hidden_activation"),
                sizes.hidden,
                sizes.intermediate,
                sizes.config.flag("mlp_bias"));
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(
                new RotaryTable(
                        sizes.config.rotary("full_attention", "global_rope_theta"), sizes.headDim, sizes.headDim),
                new RotaryTable(
                        sizes.config.rotary("sliding_attention", "local_rope_theta"), sizes.headDim, sizes.headDim));
    }

    @Override
    Pooler classifier(DecoderSizes sizes, int labels) {
        ModelConfig config = sizes.config;
        PoolingMode pooling =
                switch (config.text("classifier_pooling")) {
                    case "cls" -> PoolingMode.FIRST;
                    case "mean" -> PoolingMode.MEAN;
                    default -> throw config.fault("classifier_pooling", "\"cls\" or \"mean\"");
                };
        Projection head = new Projection(
                        "head.dense",
                        sizes.hidden,
                        sizes.hidden,
                        config.flag("classifier_bias"),
                        DecoderFamily.activation(sizes, "classifier_activation"))
                .normed(modernNorm(sizes, "head.norm"));
        return new Pooler(
                sizes.hidden,
                List.of(pooling),
                List.of(head, new Projection("classifier", sizes.hidden, labels, true, null)));
    }
}
