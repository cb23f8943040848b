package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import java.util.OptionalInt;

/** Qwen 2 and 2.5: biases on queries, keys and values, and a sliding window in the upper layers if it is switched on. */
final class Qwen2 extends DecoderFamily {
    Qwen2() {
        super("Qwen2ForCausalLM", "qwen2", """
                {
                "vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 32768,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "use_sliding_window": false, "sliding_window": 4096, "max_window_layers": 28
                }""");
    }

    @Override
    public String publishedAs() {
        return "Qwen 2 and 2.5, QwQ, DeepSeek R1 distills";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        return super.attention(sizes, index).biased(true, false).window(window(sizes, index));
    }

    static int window(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        OptionalInt window = config.sizeOrNone("sliding_window");
        int full = config.count("max_window_layers");
        boolean used = config.flag("use_sliding_window");
        return LayerWindows.of(config, sizes.layers, used ? window : OptionalInt.empty(), layer -> layer >= full)[
                index];
    }
}
