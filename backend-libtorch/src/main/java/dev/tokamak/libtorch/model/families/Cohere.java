package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.Norm;

/** Command R: attention and feed-forward network side by side, pairs that lie side by side. */
final class Cohere extends DecoderFamily {
    Cohere() {
        super("CohereForCausalLM", "cohere", """
                {
                "vocab_size": 256000, "hidden_size": 8192, "intermediate_size": 22528,
                "num_hidden_layers": 40, "num_attention_heads": 64, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 8192,
                "layer_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": true,
                "attention_bias": false, "use_qk_norm": false, "logit_scale": 0.0625
                }""");
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        return DecoderSizes.of(config, "layer_norm_eps");
    }

    @Override
    Norm norm(DecoderSizes sizes, String name) {
        return Norm.layer(name, sizes.hidden, sizes.epsilon, true, false);
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return new Block(attention(sizes, index).build(), feedForward(sizes, index))
                .before(norm(sizes, layer(index) + "input_layernorm"), null)
                .parallel();
    }

    @Override
    Head head(DecoderSizes sizes, Embedding embedding) {
        return super.head(sizes, embedding).scaled(sizes.config.positive("logit_scale"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        if (sizes.config.flag("use_qk_norm")) {
            throw sizes.config.unsupported("has use_qk_norm, norms of heads by mean and variance, which are not built");
        }
        boolean biased = sizes.config.flag("attention_bias");
        return super.attention(sizes, index).biased(biased, biased).rotary(0, sizes.headDim, true);
    }
}
