package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;

/** Command R. */
final class Cohere extends CohereFamily {
    Cohere() {
        super("CohereForCausalLM", "cohere", """
                {
                "vocab_size": 256000, "hidden_size": 8192, "intermediate_size": 22528,
                "num_hidden_layers": 40, "num_attention_heads": 64, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 8192,
                "layer_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": true,
                "attention_bias": false, "use_qk_norm": false, "logit_scale": 0.0625
                }""");
    }

    @Override
    public String publishedAs() {
        return "Command R, Aya 23 and Expanse";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        if (sizes.config.flag("use_qk_norm")) {
            throw sizes.config.unsupported("has use_qk_norm, norms of heads by mean and variance, which are not built");
        }
        return super.attention(sizes, index);
    }
}
