package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Starcoder 2: norms by mean and variance, a plain feed-forward network, biases everywhere. */
final class Starcoder2 extends LayerNormFamily {
    Starcoder2() {
        super("Starcoder2ForCausalLM", "starcoder2", """
                {
                "vocab_size": 49152, "hidden_size": 3072, "intermediate_size": 12288,
                "num_hidden_layers": 30, "num_attention_heads": 24, "num_key_value_heads": 2,
                "head_dim": null, "hidden_act": "gelu_pytorch_tanh", "max_position_embeddings": 4096,
                "norm_epsilon": 1e-05, "rope_theta": 10000.0, "tie_word_embeddings": true, "use_bias": true,
                "sliding_window": null
                }""");
    }

    @Override
    public String publishedAs() {
        return "StarCoder 2";
    }

    /** What the first files say in the words of the family before; the activation that holds is {@code hidden_act}. */
    @Override
    public String understood() {
        return """
                {
                "activation_function": "gelu", "attention_softmax_in_fp32": true, "layer_norm_epsilon": 1e-5,
                "mlp_type": "default", "norm_type": "layer_norm", "scale_attention_softmax_in_fp32": true,
                "scale_attn_weights": true
                }""";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        return DecoderSizes.of(config, "norm_epsilon");
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("use_bias");
        return super.attention(sizes, index)
                .biased(biased, biased)
                .window(sizes.config.sizeOrNone("sliding_window").orElse(0));
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        String name = layer(index) + "mlp.";
        return FeedForward.plain(
                name + "c_fc",
                name + "c_proj",
                activation(sizes),
                sizes.hidden,
                sizes.intermediate,
                sizes.config.flag("use_bias"));
    }
}
