package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.operators.Activation;

/** RoBERTa and what shares its code: positions are counted from behind the padding token's id on, and classifiers have a head of their own. */
final class Roberta extends EncoderFamily {
    Roberta(String className, String modelType) {
        super(className, modelType, "roberta.", """
                {
                "vocab_size": %d, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
                "intermediate_size": 3072, "hidden_act": "gelu", "max_position_embeddings": 512,
                "type_vocab_size": 2, "layer_norm_eps": 1e-12, "is_decoder": false, "add_cross_attention": false,
                "pad_token_id": 1
                }""".formatted(modelType.equals("roberta") ? 50265 : 30522));
    }

    @Override
    public String publishedAs() {
        return switch (modelType()) {
            case "roberta" -> "RoBERTa, all-roberta";
            case "xlm-roberta" -> "XLM-R, multilingual E5, BGE M3";
            default -> "CamemBERT";
        };
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        config.ignore("output_past");
        return sizes(config, offset(config), config.positive("layer_norm_eps"));
    }

    private static int offset(ModelConfig config) {
        return config.count("pad_token_id") + 1;
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return words(sizes, offset(sizes.config))
                .types(stem() + "embeddings.token_type_embeddings", sizes.config.size("type_vocab_size"));
    }

    @Override
    Pooler classifier(DecoderSizes sizes, int labels) {
        return classifier(sizes, "classifier.dense", Activation.TANH, "classifier.out_proj", labels);
    }
}
