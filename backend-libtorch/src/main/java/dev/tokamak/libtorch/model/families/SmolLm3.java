package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.model.parts.Sublayer;
import java.util.List;
import java.util.OptionalInt;

/** SmolLM 3: every fourth layer is not told of positions. */
final class SmolLm3 extends DecoderFamily {
    SmolLm3() {
        super("SmolLM3ForCausalLM", "smollm3", """
                {
                "vocab_size": 128256, "hidden_size": 2048, "intermediate_size": 11008,
                "num_hidden_layers": 36, "num_attention_heads": 16, "num_key_value_heads": 4,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 32768,
                "rms_norm_eps": 1e-06, "rope_theta": 2000000.0, "tie_word_embeddings": true,
                "attention_bias": false, "mlp_bias": false, "use_sliding_window": false, "sliding_window": null,
                "no_rope_layers": null, "no_rope_layer_interval": 4
                }""");
    }

    @Override
    public String publishedAs() {
        return "SmolLM 3";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        boolean biased = config.flag("attention_bias");
        int period = config.size("no_rope_layer_interval");
        List<Integer> listed = config.countsOrNone("no_rope_layers").orElse(null);
        if (listed != null && listed.size() != sizes.layers) {
            throw config.fault("no_rope_layers", "one number for each of the " + sizes.layers + " layers");
        }
        boolean turned = listed == null ? (index + 1) % period != 0 : listed.get(index) != 0;
        OptionalInt window = config.sizeOrNone("sliding_window");
        boolean slides = config.flag("use_sliding_window");
        int[] windows = LayerWindows.of(
                config, sizes.layers, slides ? window : OptionalInt.empty(), layer -> slides && !turned);
        return super.attention(sizes, index)
                .biased(biased, biased)
                .rotary(turned ? 0 : 1, turned ? sizes.headDim : 0, false)
                .window(windows[index]);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("mlp_bias");
        return gated(sizes, layer(index) + "mlp.", activation(sizes), sizes.intermediate, biased);
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(
                new RotaryTable(sizes.config.rotary(), sizes.headDim, sizes.headDim), RotaryTable.none(sizes.headDim));
    }
}
