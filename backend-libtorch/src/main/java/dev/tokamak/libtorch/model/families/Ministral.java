package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;

/** Ministral as {@code transformers} has it now: Mistral in which some layers see a window and others all tokens. */
final class Ministral extends DecoderFamily {
    Ministral() {
        super("MinistralForCausalLM", "ministral", """
                {
                "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 131072,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "sliding_window": 4096
                }""");
    }

    @Override
    public String publishedAs() {
        return "Ministral 8B";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        int[] windows =
                LayerWindows.of(sizes.config, sizes.layers, sizes.config.sizeOrNone("sliding_window"), layer -> true);
        return super.attention(sizes, index).window(windows[index]);
    }
}
