package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;

/** Qwen 3: queries and keys are normalised head by head. */
final class Qwen3 extends DecoderFamily {
    Qwen3() {
        super("Qwen3ForCausalLM", "qwen3", """
                {
                "vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
                "head_dim": 128, "hidden_act": "silu", "max_position_embeddings": 32768,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "use_sliding_window": false, "sliding_window": 4096,
                "max_window_layers": 28
                }""");
    }

    @Override
    public String publishedAs() {
        return "Qwen 3 dense, Qwen3 Embedding and Reranker, DeepSeek R1 0528 distill";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .biased(biased, biased)
                .headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, false)
                .window(Qwen2.window(sizes, index));
    }
}
