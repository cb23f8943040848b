package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;

/** OLMo 2: norms behind attention and feed-forward network alone, and of all queries and all keys. */
class Olmo2 extends DecoderFamily {
    Olmo2() {
        super("Olmo2ForCausalLM", "olmo2", """
                {
                "vocab_size": 50304, "hidden_size": 4096, "intermediate_size": 11008,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 2048,
                "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": false, "attention_bias": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "OLMo 2";
    }

    Olmo2(String architecture, String modelType, String defaults) {
        super(architecture, modelType, defaults);
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
        boolean biased = sizes.config.flag("attention_bias");
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .biased(biased, biased)
                .widthNorms(name + "q_norm", name + "k_norm", sizes.epsilon);
    }
}
