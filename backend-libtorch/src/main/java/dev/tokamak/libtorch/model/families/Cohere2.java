package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import java.util.List;

/** Command R7B and Command A: Command R with a window in three layers of four, which alone are turned. */
final class Cohere2 extends CohereFamily {
    Cohere2() {
        super("Cohere2ForCausalLM", "cohere2", """
                {
                "vocab_size": 256000, "hidden_size": 8192, "intermediate_size": 22528,
                "num_hidden_layers": 40, "num_attention_heads": 64, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 8192,
                "layer_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": true,
                "attention_bias": false, "logit_scale": 0.0625, "sliding_window": 4096, "sliding_window_pattern": 4
                }""");
    }

    @Override
    public String publishedAs() {
        return "Command R7B, Command A";
    }

    /** What the first files say of layers, rotation and blocks. */
    @Override
    public String understood() {
        return """
                {
                "layer_switch": 4, "order_of_interleaved_layers": "local_attn_first", "rotary_pct": 1,
                "position_embedding_type": "rope_gptj", "use_embedding_sharing": true,
                "use_gated_activation": true, "use_parallel_block": true, "use_parallel_embedding": true
                }""";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        int period = LayerWindows.period(config);
        int window = LayerWindows.of(
                config, sizes.layers, config.sizeOrNone("sliding_window"), layer -> (layer + 1) % period != 0)[index];
        return super.attention(sizes, index)
                .rotary(window > 0 ? 0 : 1, window > 0 ? sizes.headDim : 0, true)
                .window(window);
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(
                new RotaryTable(sizes.config.rotary(), sizes.headDim, sizes.headDim), RotaryTable.none(sizes.headDim));
    }
}
