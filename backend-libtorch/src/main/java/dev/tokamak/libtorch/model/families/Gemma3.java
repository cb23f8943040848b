package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import java.util.List;

/** Gemma 3, text: heads are normalised, five layers of six see a window and rotate faster than the sixth. */
final class Gemma3 extends GemmaFamily {
    Gemma3() {
        super("Gemma3ForCausalLM", "gemma3_text", """
                {
                "vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216,
                "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
                "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh", "max_position_embeddings": 131072,
                "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0,
                "tie_word_embeddings": true, "attention_bias": false, "query_pre_attn_scalar": 256,
                "sliding_window": 4096, "sliding_window_pattern": 6, "final_logit_softcapping": null,
                "attn_logit_softcapping": null, "use_bidirectional_attention": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Gemma 3 (text), EmbeddingGemma";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        String name = layer(index) + "self_attn.";
        boolean both = config.says("use_bidirectional_attention", true);
        config.ignore("use_bidirectional_attention");
        int period = LayerWindows.period(config);
        int window = LayerWindows.of(
                config, sizes.layers, config.sizeOrNone("sliding_window"), layer -> (layer + 1) % period != 0)[index];
        // To both sides half of it, and the token itself.
        int reach = window > 0 && both ? window / 2 + 1 : window;
        Attention.Builder attention = super.attention(sizes, index)
                .headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, true)
                .rotary(window > 0 ? 1 : 0, sizes.headDim, false)
                .window(reach);
        return both ? attention.bidirectional() : attention;
    }

    @Override
    public String name() {
        return "Gemma3Text";
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(
                new RotaryTable(sizes.config.rotary("full_attention", "rope_theta"), sizes.headDim, sizes.headDim),
                new RotaryTable(
                        sizes.config.rotary("sliding_attention", "rope_local_base_freq"),
                        sizes.headDim,
                        sizes.headDim));
    }
}
