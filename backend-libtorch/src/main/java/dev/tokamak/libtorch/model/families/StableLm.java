package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;

/** StableLM 2 and 3B: norms by mean and variance, a quarter of each head turned. */
final class StableLm extends LayerNormFamily {
    StableLm() {
        super("StableLmForCausalLM", "stablelm", """
                {
                "vocab_size": 50304, "hidden_size": 2560, "intermediate_size": 6912, "num_hidden_layers": 32,
                "num_attention_heads": 32, "num_key_value_heads": 32, "head_dim": null, "hidden_act": "silu",
                "max_position_embeddings": 4096, "layer_norm_eps": 1e-05, "tie_word_embeddings": false,
                "rope_theta": 10000.0, "partial_rotary_factor": 0.25, "use_qkv_bias": false,
                "qk_layernorm": false, "use_parallel_residual": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "StableLM 3B, 2 1.6B";
    }

    /** What files of code from before {@code transformers} knew the family say. */
    @Override
    public String understood() {
        return """
                {"rotary_scaling_factor": 1, "norm_eps": 1e-5}""";
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
    Block block(DecoderSizes sizes, int index) {
        if (!sizes.config.flag("use_parallel_residual")) {
            return super.block(sizes, index);
        }
        return parallelBlock(sizes, index);
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        return super.attention(sizes, index).biased(sizes.config.flag("use_qkv_bias"), false);
    }
}
