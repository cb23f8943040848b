package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.ShortConvolution;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.operators.Activation;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** LFM2: most layers have a short convolution in attention's place. */
final class Lfm2 extends DecoderFamily {
    private static final String ATTENTION = "full_attention";

    Lfm2() {
        super("Lfm2ForCausalLM", "lfm2", """
                {
                "vocab_size": 65536, "hidden_size": 2560, "intermediate_size": 12288,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
                "max_position_embeddings": 128000, "norm_eps": 1e-05, "rope_theta": 1000000.0,
                "tie_word_embeddings": true, "conv_bias": false, "conv_L_cache": 3,
                "block_multiple_of": 256, "block_ffn_dim_multiplier": 1.0, "block_auto_adjust_ff_dim": true,
                "full_attn_idxs": null, "layer_types": null, "head_dim": null, "block_ff_dim": null, "tie_embedding": null
                }""");
    }

    @Override
    public String publishedAs() {
        return "LFM 2";
    }

    /** What the first files say of a rotation that is always there. */
    @Override
    public String understood() {
        return "{\"use_pos_enc\": true}";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        for (String inert : new String[] {
            "conv_dim",
            "conv_dim_out",
            "conv_use_xavier_init",
            "block_dim",
            "block_mlp_init_scale",
            "block_norm_eps",
            "block_out_init_scale",
            "block_use_swiglu",
            "block_use_xavier_init",
            "num_heads",
            "theta"
        }) {
            config.ignore(inert);
        }
        return DecoderSizes.of(config, intermediate(config), config.positive("norm_eps"));
    }

    private static int intermediate(ModelConfig config) {
        int width = config.sizeOrNone("block_ff_dim").orElse(config.size("intermediate_size"));
        boolean adjusted = config.flag("block_auto_adjust_ff_dim");
        OptionalDouble factor = config.positiveOrNone("block_ffn_dim_multiplier");
        int multiple = config.size("block_multiple_of");
        if (!adjusted) {
            return width;
        }
        int narrower = (int) (2.0 * width / 3);
        if (factor.isEmpty()) {
            return narrower;
        }
        int scaled = (int) (factor.getAsDouble() * narrower);
        return multiple * ((scaled + multiple - 1) / multiple);
    }

    private static List<String> kinds(DecoderSizes sizes) {
        ModelConfig config = sizes.config;
        List<Integer> listed = config.countsOrNone("full_attn_idxs").orElse(null);
        List<String> kinds = config.textsOrNone("layer_types").orElseGet(() -> IntStream.range(0, sizes.layers)
                .mapToObj(layer -> listed == null || listed.contains(layer) ? ATTENTION : "conv")
                .toList());
        if (kinds.size() != sizes.layers || !List.of(ATTENTION, "conv").containsAll(kinds)) {
            throw config.fault("layer_types", "full_attention or conv for each of the " + sizes.layers + " layers");
        }
        return kinds;
    }

    @Override
    Norm lastNorm(DecoderSizes sizes) {
        return norm(sizes, prefix() + "embedding_norm");
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        Sublayer mixer = kinds(sizes).get(index).equals(ATTENTION)
                ? attention(sizes, index).build()
                : new ShortConvolution(
                        layer(index) + "conv.",
                        sizes.hidden,
                        sizes.config.size("conv_L_cache"),
                        sizes.config.flag("conv_bias"));
        return new Block(mixer, feedForward(sizes, index))
                .before(norm(sizes, layer(index) + "operator_norm"), norm(sizes, layer(index) + "ffn_norm"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        String name = layer(index) + "self_attn.";
        return super.attention(sizes, index)
                .weights(name + "q_proj", name + "k_proj", name + "v_proj", name + "out_proj")
                .headNorms(name + "q_layernorm", name + "k_layernorm", sizes.epsilon, false);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        String name = layer(index) + "feed_forward.";
        return FeedForward.gated(
                Piece.of(name + "w1", sizes.intermediate),
                Piece.of(name + "w3", sizes.intermediate),
                name + "w2",
                Activation.SILU,
                sizes.hidden,
                sizes.intermediate,
                false);
    }
}
