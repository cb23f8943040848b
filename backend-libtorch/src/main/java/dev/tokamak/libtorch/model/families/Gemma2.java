package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;

/** Gemma 2: norms before and behind, capped products and logits, a sliding window in every other layer. */
final class Gemma2 extends GemmaFamily {
    Gemma2() {
        super("Gemma2ForCausalLM", "gemma2", """
                {
                "vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216,
                "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
                "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh", "max_position_embeddings": 8192,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": true, "attention_bias": false,
                "query_pre_attn_scalar": 256, "sliding_window": 4096, "final_logit_softcapping": 30.0,
                "attn_logit_softcapping": 50.0, "use_bidirectional_attention": null
                }""");
    }

    @Override
    public String publishedAs() {
        return "Gemma 2";
    }

    /** What the first files say beside {@code sliding_window}. */
    @Override
    public String understood() {
        return """
                {"sliding_window_size": 4096}""";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        int[] windows =
                LayerWindows.of(config, sizes.layers, config.sizeOrNone("sliding_window"), layer -> layer % 2 == 0);
        return super.attention(sizes, index).window(windows[index]);
    }
}
