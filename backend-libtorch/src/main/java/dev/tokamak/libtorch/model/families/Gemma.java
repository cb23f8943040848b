package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.operators.Activation;

/** Gemma 1: scaled embeddings, norms by one plus their weights. */
final class Gemma extends DecoderFamily {
    Gemma() {
        super("GemmaForCausalLM", "gemma", """
                {
                "vocab_size": 256000, "hidden_size": 3072, "intermediate_size": 24576,
                "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 16,
                "head_dim": 256, "hidden_act": "gelu_pytorch_tanh", "max_position_embeddings": 8192,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": true, "attention_bias": false,
                "use_bidirectional_attention": null
                }""");
    }

    @Override
    public String publishedAs() {
        return "Gemma 1, CodeGemma";
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return super.embedding(sizes).scaled(Math.sqrt(sizes.hidden));
    }

    @Override
    Norm norm(DecoderSizes sizes, String name) {
        return Norm.rmsPlusOne(name, sizes.hidden, sizes.epsilon);
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        return super.attention(sizes, index).biased(biased, biased);
    }

    /** The first files say gelu, by which they mean its approximation. */
    @Override
    Activation activation(DecoderSizes sizes) {
        sizes.config.ignore("hidden_activation");
        Activation named = super.activation(sizes);
        return named == Activation.GELU ? Activation.GELU_TANH : named;
    }
}
