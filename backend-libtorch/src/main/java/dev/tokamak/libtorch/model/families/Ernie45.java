package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Ernie 4.5, dense: Llama whose pairs lie side by side. */
final class Ernie45 extends DecoderFamily {
    Ernie45() {
        super("Ernie4_5ForCausalLM", "ernie4_5", """
                {
                "vocab_size": 103424, "hidden_size": 1024, "intermediate_size": 3072,
                "num_hidden_layers": 18, "num_attention_heads": 16, "num_key_value_heads": 2,
                "head_dim": 128, "hidden_act": "silu", "max_position_embeddings": 131072,
                "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": true, "use_bias": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Ernie 4.5 0.3B";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("use_bias");
        return super.attention(sizes, index).biased(biased, biased).rotary(0, sizes.headDim, true);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("use_bias");
        return gated(sizes, layer(index) + "mlp.", activation(sizes), sizes.intermediate, biased);
    }
}
