package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.DistanceScores;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.operators.Activation;

/** MPNet: beside positions, scores by distance that all layers share. */
final class MpNet extends EncoderFamily {
    /** Rows of the table of positions before that of the first; the class has it from nowhere. */
    private static final int OFFSET = 2;

    /** How many buckets of distances are looked up, however long the table is. */
    private static final int BUCKETS = 32;

    MpNet() {
        super("MPNet", "mpnet", "mpnet.", """
                {
                "vocab_size": 30527, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
                "intermediate_size": 3072, "hidden_act": "gelu", "max_position_embeddings": 512,
                "layer_norm_eps": 1e-12, "relative_attention_num_buckets": 32
                }""");
    }

    @Override
    public String publishedAs() {
        return "all-mpnet-base";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        return sizes(config, OFFSET, config.positive("layer_norm_eps"));
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return words(sizes, OFFSET);
    }

    @Override
    DistanceScores distances(DecoderSizes sizes) {
        int stored = sizes.config.size("relative_attention_num_buckets");
        if (stored < BUCKETS) {
            throw sizes.config.fault("relative_attention_num_buckets", BUCKETS + " or more");
        }
        String name = stem() + "encoder.relative_attention_bias";
        return new DistanceScores(name, stored, BUCKETS, sizes.heads, sizes.context);
    }

    @Override
    Block block(DecoderSizes sizes, int index, DistanceScores distances) {
        String name = layer(index);
        String attention = name + "attention.attn.";
        return block(
                sizes,
                attention(sizes, attention, "q", "k", "v", attention + "o")
                        .distances(distances)
                        .build(),
                name + "attention.LayerNorm",
                feedForward(sizes, name + "intermediate.dense", name + "output.dense", "hidden_act"),
                name + "output.LayerNorm");
    }

    @Override
    Pooler classifier(DecoderSizes sizes, int labels) {
        return classifier(sizes, "classifier.dense", Activation.TANH, "classifier.out_proj", labels);
    }
}
