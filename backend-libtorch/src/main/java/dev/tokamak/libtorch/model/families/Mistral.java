package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;

/** Mistral 7B and its like: Llama with a sliding window, which later releases leave out. */
final class Mistral extends DecoderFamily {
    Mistral() {
        super("MistralForCausalLM");
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        int[] windows = sizes.config.windows(sizes.layers, sizes.config.size("sliding_window", 0), 0);
        return super.attention(sizes, index).window(windows[index]);
    }
}
