package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import java.util.List;

/** The language model of Qwen3-VL: Qwen 3 without windows. */
final class Qwen3Vl extends DecoderFamily {
    Qwen3Vl() {
        super("Qwen3VLForConditionalGeneration", "qwen3_vl_text", """
                {
                "vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
                "head_dim": 128, "hidden_act": "silu", "max_position_embeddings": 128000,
                "rms_norm_eps": 1e-06, "rope_theta": 500000.0, "tie_word_embeddings": false,
                "attention_bias": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Qwen 3 VL (text)";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .biased(biased, biased)
                .headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, false);
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(new RotaryTable(sizes.config.rotaryOfAxes(), sizes.headDim, sizes.headDim));
    }
}
