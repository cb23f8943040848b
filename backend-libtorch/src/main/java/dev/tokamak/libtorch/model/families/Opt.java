package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.model.parts.Sublayer;
import java.util.List;

/** OPT: learned positions, ReLU. */
final class Opt extends DecoderFamily {
    Opt() {
        super("OPTForCausalLM", "opt", """
                {
                "vocab_size": 50272, "hidden_size": 768, "num_hidden_layers": 12, "ffn_dim": 3072,
                "max_position_embeddings": 2048, "do_layer_norm_before": true, "_remove_final_layer_norm": false,
                "word_embed_proj_dim": null, "num_attention_heads": 12, "num_key_value_heads": null,
                "head_dim": null, "activation_function": "relu", "enable_bias": true,
                "layer_norm_elementwise_affine": true, "tie_word_embeddings": true
                }""");
    }

    @Override
    public String publishedAs() {
        return "OPT";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        DecoderSizes sizes = DecoderSizes.of(config, config.size("ffn_dim"), 1e-5);
        if (!config.flag("do_layer_norm_before") || config.flag("_remove_final_layer_norm")) {
            throw config.unsupported("has norms behind the layers (do_layer_norm_before or _remove_final_layer_norm),"
                    + " which is not built");
        }
        if (config.sizeOrNone("word_embed_proj_dim").orElse(sizes.hidden) != sizes.hidden) {
            throw config.fault("word_embed_proj_dim", "hidden_size");
        }
        return sizes;
    }

    @Override
    String prefix() {
        return "model.decoder.";
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return super.embedding(sizes).positions(prefix() + "embed_positions", sizes.context, 2);
    }

    @Override
    Norm norm(DecoderSizes sizes, String name) {
        boolean affine = sizes.config.flag("layer_norm_elementwise_affine");
        return Norm.layer(name, sizes.hidden, sizes.epsilon, affine, affine);
    }

    @Override
    Norm lastNorm(DecoderSizes sizes) {
        return norm(sizes, prefix() + "final_layer_norm");
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return new Block(attention(sizes, index).build(), feedForward(sizes, index))
                .before(
                        norm(sizes, layer(index) + "self_attn_layer_norm"),
                        norm(sizes, layer(index) + "final_layer_norm"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        String name = layer(index) + "self_attn.";
        boolean biased = sizes.config.flag("enable_bias");
        return super.attention(sizes, index)
                .weights(name + "q_proj", name + "k_proj", name + "v_proj", name + "out_proj")
                .biased(biased, biased)
                .rotary(0, 0, false);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        return FeedForward.plain(
                layer(index) + "fc1",
                layer(index) + "fc2",
                activation(sizes, "activation_function"),
                sizes.hidden,
                sizes.intermediate,
                sizes.config.flag("enable_bias"));
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(RotaryTable.none(sizes.headDim));
    }
}
