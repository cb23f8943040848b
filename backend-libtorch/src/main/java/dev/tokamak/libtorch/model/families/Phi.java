package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Phi 1, 1.5 and 2: attention and feed-forward network side by side behind one norm, a part of each head turned. */
final class Phi extends LayerNormFamily {
    Phi() {
        super("PhiForCausalLM", "phi", """
                {
                "vocab_size": 51200, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 24,
                "num_attention_heads": 32, "num_key_value_heads": null, "head_dim": null, "hidden_act": "gelu_new",
                "max_position_embeddings": 2048, "layer_norm_eps": 1e-05, "tie_word_embeddings": false,
                "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "qk_layernorm": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "Phi 1, 1.5 and 2";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        if (config.flag("qk_layernorm")) {
            throw config.unsupported("has qk_layernorm, norms of heads by mean and variance, which are not built");
        }
        return super.sizes(config);
    }

    @Override
    int rotaryDim(DecoderSizes sizes) {
        return sizes.config.rotaryDim(sizes.headDim);
    }

    @Override
    Norm lastNorm(DecoderSizes sizes) {
        return norm(sizes, prefix() + "final_layernorm");
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return parallelBlock(sizes, index);
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .weights(name + "q_proj", name + "k_proj", name + "v_proj", name + "dense")
                .biased(true, true);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        String name = layer(index) + "mlp.";
        return FeedForward.plain(name + "fc1", name + "fc2", activation(sizes), sizes.hidden, sizes.intermediate, true);
    }

    @Override
    Head head(DecoderSizes sizes, Embedding embedding) {
        return super.head(sizes, embedding).biased();
    }
}
