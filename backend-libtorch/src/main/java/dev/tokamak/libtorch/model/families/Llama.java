package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Llama 2, 3, 3.1 and 3.2, and what was built alike. */
final class Llama extends DecoderFamily {
    Llama() {
        super("LlamaForCausalLM", "llama", """
                {
                "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                "attention_bias": false, "mlp_bias": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Llama 2 to 3.3, Yi, SmolLM 1 and 2, TinyLlama, Falcon 3, DeepSeek R1 distills, Vicuna, Code Llama";
    }

    /** What Falcon 3 says beside {@code hidden_act}. */
    @Override
    public String understood() {
        return """
                {"activation": "swiglu"}""";
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        return super.attention(sizes, index).biased(biased, biased);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("mlp_bias");
        return gated(sizes, layer(index) + "mlp.", activation(sizes), sizes.intermediate, biased);
    }
}
