package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.ModelConfig;
import dev.tokamak.libtorch.model.parts.Attention;

/** Qwen 2 and 2.5: biases on queries, keys and values, and a sliding window in the upper layers if it is switched on. */
final class Qwen2 extends DecoderFamily {
    Qwen2() {
        super("Qwen2ForCausalLM");
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        return super.attention(sizes, index).biased(true, false).window(window(sizes, index));
    }

    static int window(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        int[] windows = config.flag("use_sliding_window", false)
                ? config.windows(
                        sizes.layers, config.size("sliding_window", 0), config.size("max_window_layers", sizes.layers))
                : new int[sizes.layers];
        return windows[index];
    }
}
