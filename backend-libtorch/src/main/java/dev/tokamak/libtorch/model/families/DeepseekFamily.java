package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.LatentAttention;
import dev.tokamak.libtorch.model.parts.Sublayer;
import java.util.List;

/** What DeepSeek V2 and V3 and their like share: latent attention. */
abstract class DeepseekFamily extends DecoderFamily {
    private static final int WIDEST = 1 << 22;

    DeepseekFamily(String architecture, String modelType, String defaults) {
        super(architecture, modelType, defaults);
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        // Sums of the widths that are read, whatever the file says.
        config.ignore("head_dim");
        config.ignore("qk_head_dim");
        int heads = config.size("num_attention_heads");
        if (config.sizeOrNone("num_key_value_heads").orElse(heads) != heads) {
            throw config.fault("num_key_value_heads", heads + ", as many as heads (num_attention_heads),");
        }
        return new DecoderSizes(
                config,
                config.size("num_hidden_layers"),
                config.size("hidden_size"),
                heads,
                heads,
                config.size("qk_rope_head_dim"),
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.size("max_position_embeddings"),
                config.positive("rms_norm_eps"));
    }

    @Override
    final Block block(DecoderSizes sizes, int index) {
        return new Block(latentAttention(sizes, index), feedForward(sizes, index))
                .before(
                        norm(sizes, layer(index) + "input_layernorm"),
                        norm(sizes, layer(index) + "post_attention_layernorm"));
    }

    /** Whether the pairs that positions turn lie side by side. */
    boolean sideBySide(ModelConfig config) {
        return config.flag("rope_interleave");
    }

    private LatentAttention latentAttention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        LatentAttention.Sizes widths = new LatentAttention.Sizes(
                sizes.hidden,
                sizes.heads,
                config.sizeOrNone("q_lora_rank").orElse(0),
                config.size("kv_lora_rank"),
                config.size("qk_nope_head_dim"),
                sizes.headDim,
                config.size("v_head_dim"));
        long widest = Math.max(
                Math.max(widths.queryRank(), widths.rank()),
                (long) widths.heads() * (widths.plain() + (long) widths.turned() + widths.value()));
        if (widest > WIDEST) {
            throw config.unsupported("describes latent attention " + widest + " wide, which no machine holds");
        }
        double scale = config.rotaryProductScale() / Math.sqrt(widths.plain() + widths.turned());
        return new LatentAttention(
                widths, layer(index) + "self_attn.", scale, config.flag("attention_bias"), sideBySide(config));
    }

    /** A feed-forward layer as V3 has it, dense or with experts. */
    final Sublayer noAuxiliaryLoss(DecoderSizes sizes, int index, boolean dense) {
        expect(sizes.config, "scoring_func", "sigmoid");
        expect(sizes.config, "topk_method", "noaux_tc");
        return Glm4Moe.noAuxiliaryLoss(this, sizes, index, dense);
    }

    /** Refuses other values of a key that the file may leave out, for {@code transformers} does not read it. */
    static void expect(ModelConfig config, String key, String... values) {
        if (config.has(key) && !List.of(values).contains(config.text(key))) {
            throw config.fault(key, String.join(" or ", values));
        }
    }
}
