package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import java.util.List;

/** The language models of Qwen2-VL and Qwen2.5-VL: Qwen 2 with other sizes of its class. */
final class Qwen2Vl extends DecoderFamily {
    Qwen2Vl(String architecture, String modelType) {
        super(architecture, modelType, """
                {
                "vocab_size": 152064, "hidden_size": 8192, "intermediate_size": 29568,
                "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 32768,
                "rms_norm_eps": 1e-05, "rope_theta": 1000000.0, "tie_word_embeddings": false,
                "use_sliding_window": false, "sliding_window": 4096, "max_window_layers": 80
                }""");
    }

    @Override
    public String publishedAs() {
        return modelType().contains("5") ? "Qwen 2.5 VL (text)" : "Qwen 2 VL (text)";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        return super.attention(sizes, index).biased(true, false).window(Qwen2.window(sizes, index));
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(new RotaryTable(sizes.config.rotaryOfAxes(), sizes.headDim, sizes.headDim));
    }
}
