package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Norm;

/** OLMo: norms without weights, and queries, keys and values that are clamped. */
final class Olmo extends DecoderFamily {
    Olmo() {
        super("OlmoForCausalLM", "olmo", """
                {
                "vocab_size": 50304, "hidden_size": 4096, "intermediate_size": 11008,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rope_theta": 10000.0, "tie_word_embeddings": false, "attention_bias": false, "clip_qkv": null
                }""");
    }

    @Override
    public String publishedAs() {
        return "OLMo 1";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        return DecoderSizes.of(config, config.size("intermediate_size"), 1e-5);
    }

    @Override
    Norm norm(DecoderSizes sizes, String name) {
        return Norm.layer(name, sizes.hidden, sizes.epsilon, false, false);
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        return super.attention(sizes, index)
                .biased(biased, biased)
                .clip(sizes.config.positiveOrNone("clip_qkv").orElse(0));
    }
}
