package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import java.util.List;

/** OLMo 3: OLMo 2 with a window in three layers of four, which keep the plain rotation. */
final class Olmo3 extends Olmo2 {
    Olmo3() {
        super("Olmo3ForCausalLM", "olmo3", """
                {
                "vocab_size": 50304, "hidden_size": 4096, "intermediate_size": 11008,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": false, "attention_bias": false,
                "sliding_window": 4096
                }""");
    }

    @Override
    public String publishedAs() {
        return "OLMo 3 and 3.1";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        int window = LayerWindows.of(
                config, sizes.layers, config.sizeOrNone("sliding_window"), layer -> (layer + 1) % 4 != 0)[index];
        return super.attention(sizes, index)
                .rotary(window > 0 ? 1 : 0, sizes.headDim, false)
                .window(window);
    }

    /** The base beside the rotary parameters is that of the layers that see all tokens; the others have the class's own. */
    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(
                new RotaryTable(sizes.config.rotary("full_attention", "rope_theta"), sizes.headDim, sizes.headDim),
                new RotaryTable(sizes.config.rotary("sliding_attention", null), sizes.headDim, sizes.headDim));
    }
}
