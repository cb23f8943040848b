package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.operators.Activation;
import java.util.List;

/** GPT-2: learned positions, matrices stored the other way round. */
final class Gpt2 extends LayerNormFamily {
    Gpt2() {
        super("GPT2LMHeadModel", "gpt2", """
                {
                "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12,
                "n_inner": null, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-05,
                "scale_attn_weights": true, "tie_word_embeddings": true, "add_cross_attention": false,
                "scale_attn_by_inverse_layer_idx": false
                }""");
    }

    @Override
    public String publishedAs() {
        return "GPT-2, DistilGPT-2";
    }

    /** What files converted from the original code say. */
    @Override
    public String understood() {
        return """
                {"n_special": 0, "predict_special_tokens": true}""";
    }

    @Override
    public boolean transposed() {
        return true;
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        for (String inert : new String[] {
            "reorder_and_upcast_attn",
            "summary_activation",
            "summary_first_dropout",
            "summary_proj_to_labels",
            "summary_type",
            "summary_use_proj",
            "n_ctx"
        }) {
            config.ignore(inert);
        }
        int hidden = config.size("n_embd");
        int heads = config.size("n_head");
        return new DecoderSizes(
                config,
                config.size("n_layer"),
                hidden,
                heads,
                heads,
                hidden / heads,
                config.sizeOrNone("n_inner").orElse(4 * hidden),
                config.size("vocab_size"),
                config.size("n_positions"),
                config.positive("layer_norm_epsilon"));
    }

    @Override
    String prefix() {
        return "transformer.";
    }

    @Override
    String layer(int index) {
        return prefix() + "h." + index + ".";
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return new Embedding(prefix() + "wte", sizes.vocabulary, sizes.hidden)
                .positions(prefix() + "wpe", sizes.context, 0);
    }

    @Override
    Norm lastNorm(DecoderSizes sizes) {
        return norm(sizes, prefix() + "ln_f");
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return new Block(attention(sizes, index).build(), feedForward(sizes, index))
                .before(norm(sizes, layer(index) + "ln_1"), norm(sizes, layer(index) + "ln_2"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        String fused = layer(index) + "attn.c_attn";
        int width = sizes.hidden;
        double scale = sizes.config.flag("scale_attn_weights") ? 1 / Math.sqrt(sizes.headDim) : 1;
        boolean byLayer = sizes.config.flag("scale_attn_by_inverse_layer_idx");
        return super.attention(sizes, index)
                .weights(
                        Piece.slice(fused, 3 * width, 0, width),
                        Piece.slice(fused, 3 * width, width, width),
                        Piece.slice(fused, 3 * width, 2 * width, width),
                        layer(index) + "attn.c_proj")
                .biased(true, true)
                .scale(byLayer ? scale / (index + 1) : scale)
                .rotary(0, 0, false);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        String name = layer(index) + "mlp.";
        Activation activation = activation(sizes, "activation_function");
        return FeedForward.plain(name + "c_fc", name + "c_proj", activation, sizes.hidden, sizes.intermediate, true);
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(RotaryTable.none(sizes.headDim));
    }
}
