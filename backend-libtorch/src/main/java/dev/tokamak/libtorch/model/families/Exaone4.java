package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import java.util.List;
import java.util.OptionalInt;

/** EXAONE 4: norms behind the sublayers and of heads; where some layers have a window, those alone are turned. */
final class Exaone4 extends DecoderFamily {
    Exaone4() {
        super("Exaone4ForCausalLM", "exaone4", """
                {
                "vocab_size": 102400, "hidden_size": 4096, "intermediate_size": 16384,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "sliding_window": 4096, "sliding_window_pattern": 4
                }""");
    }

    @Override
    public String publishedAs() {
        return "EXAONE 4.0";
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return new Block(attention(sizes, index).build(), feedForward(sizes, index))
                .behind(
                        norm(sizes, layer(index) + "post_attention_layernorm"),
                        norm(sizes, layer(index) + "post_feedforward_layernorm"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        String name = layer(index) + "self_attn.";
        OptionalInt window = config.sizeOrNone("sliding_window");
        if (config.has("layer_types")) {
            // Published files have letters there, which count for nothing beside the list.
            config.ignore("sliding_window_pattern");
        }
        int seen = LayerWindows.of(
                config, sizes.layers, window, layer -> (layer + 1) % LayerWindows.period(config) != 0)[index];
        boolean turned = window.isEmpty() || seen > 0;
        return super.attention(sizes, index)
                .headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, false)
                .rotary(turned ? 0 : 1, turned ? sizes.headDim : 0, false)
                .window(seen);
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(
                new RotaryTable(sizes.config.rotary(), sizes.headDim, sizes.headDim), RotaryTable.none(sizes.headDim));
    }
}
