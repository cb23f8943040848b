package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;

/** BERT, and what is distilled from it in its own shape, as MiniLM. */
final class Bert extends EncoderFamily {
    Bert() {
        super("Bert", "bert", "bert.", """
                {
                "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
                "intermediate_size": 3072, "hidden_act": "gelu", "max_position_embeddings": 512,
                "type_vocab_size": 2, "layer_norm_eps": 1e-12, "is_decoder": false, "add_cross_attention": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "BERT, MiniLM, BGE, E5, GTE";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        // Of a pooler that was never built.
        for (String inert : new String[] {
            "directionality",
            "pooler_fc_size",
            "pooler_num_attention_heads",
            "pooler_num_fc_layers",
            "pooler_size_per_head",
            "pooler_type"
        }) {
            config.ignore(inert);
        }
        return super.sizes(config);
    }
}
