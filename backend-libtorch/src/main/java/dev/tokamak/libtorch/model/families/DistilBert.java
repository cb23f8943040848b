package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.DistanceScores;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.operators.Activation;

/** DistilBERT: half of BERT's layers, no parts of a sequence, names of its own. */
final class DistilBert extends EncoderFamily {
    DistilBert() {
        super("DistilBert", "distilbert", "distilbert.", """
                {
                "vocab_size": 30522, "max_position_embeddings": 512, "sinusoidal_pos_embds": false, "n_layers": 6,
                "n_heads": 12, "dim": 768, "hidden_dim": 3072, "activation": "gelu"
                }""");
    }

    @Override
    public String publishedAs() {
        return "DistilBERT";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        // The table of positions is stored, whatever it was filled with.
        for (String inert :
                new String[] {"sinusoidal_pos_embds", "qa_dropout", "seq_classif_dropout", "tie_weights_", "output_past"
                }) {
            config.ignore(inert);
        }
        return sizes(config, "n_layers", "dim", "n_heads", "hidden_dim", 0, 1e-12);
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return words(sizes, 0);
    }

    @Override
    Block block(DecoderSizes sizes, int index, DistanceScores distances) {
        String name = stem() + "transformer.layer." + index + ".";
        String attention = name + "attention.";
        return block(
                sizes,
                attention(sizes, attention, "q_lin", "k_lin", "v_lin", attention + "out_lin")
                        .build(),
                name + "sa_layer_norm",
                feedForward(sizes, name + "ffn.lin1", name + "ffn.lin2", "activation"),
                name + "output_layer_norm");
    }

    @Override
    Pooler classifier(DecoderSizes sizes, int labels) {
        return classifier(sizes, "pre_classifier", Activation.RELU, "classifier", labels);
    }
}
