package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Arcee's foundation models: Llama with a plain feed-forward network. */
final class Arcee extends DecoderFamily {
    Arcee() {
        super("ArceeForCausalLM", "arcee", """
                {
                "vocab_size": 32000, "hidden_size": 2560, "intermediate_size": 18432,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "relu2", "max_position_embeddings": 4096,
                "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "mlp_bias": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "AFM 4.5B";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        return super.attention(sizes, index).biased(biased, biased);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        String name = layer(index) + "mlp.";
        boolean biased = sizes.config.flag("mlp_bias");
        return FeedForward.plain(
                name + "up_proj", name + "down_proj", activation(sizes), sizes.hidden, sizes.intermediate, biased);
    }
}
