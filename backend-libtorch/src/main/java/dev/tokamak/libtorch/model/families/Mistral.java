package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import java.util.OptionalInt;

/** Mistral 7B and its like: Llama with a sliding window, which later releases leave out. */
final class Mistral extends DecoderFamily {
    Mistral() {
        super("MistralForCausalLM", "mistral", """
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
        return "Mistral 7B, Nemo and Small, Ministral 8B";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        OptionalInt window = sizes.config.sizeOrNone("sliding_window");
        int[] windows = LayerWindows.of(sizes.config, sizes.layers, window, layer -> true);
        if (windows[index] != window.orElse(0)) {
            throw sizes.config.unsupported("has layer_types of which not all slide; Mistral's layers are alike");
        }
        return super.attention(sizes, index).window(windows[index]);
    }
}
