package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.operators.Activation;

/** Gemma 2: norms before and behind, capped products and logits, a sliding window in every other layer. */
final class Gemma2 extends DecoderFamily {
    Gemma2() {
        super("Gemma2ForCausalLM", "gemma2", """
                {
                "vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216,
                "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
                "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh", "max_position_embeddings": 8192,
                "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": true, "attention_bias": false,
                "query_pre_attn_scalar": 256, "sliding_window": 4096, "final_logit_softcapping": 30.0,
                "attn_logit_softcapping": 50.0, "use_bidirectional_attention": null
                }""");
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return super.embedding(sizes).scaled(Math.sqrt(sizes.hidden));
    }

    @Override
    Norm norm(DecoderSizes sizes, String name) {
        return Norm.rmsPlusOne(name, sizes.hidden, sizes.epsilon);
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return sandwiched(this, sizes, index);
    }

    /** Gemma's norms around both sublayers. */
    static Block sandwiched(DecoderFamily family, DecoderSizes sizes, int index) {
        String layer = family.layer(index);
        return new Block(family.attention(sizes, index).build(), family.feedForward(sizes, index))
                .before(
                        family.norm(sizes, layer + "input_layernorm"),
                        family.norm(sizes, layer + "pre_feedforward_layernorm"))
                .behind(
                        family.norm(sizes, layer + "post_attention_layernorm"),
                        family.norm(sizes, layer + "post_feedforward_layernorm"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        boolean biased = config.flag("attention_bias");
        int[] windows =
                LayerWindows.of(config, sizes.layers, config.sizeOrNone("sliding_window"), layer -> layer % 2 == 0);
        return super.attention(sizes, index)
                .biased(biased, biased)
                .scale(1 / Math.sqrt(config.positive("query_pre_attn_scalar")))
                .softCap(config.positiveOrNone("attn_logit_softcapping").orElse(0))
                .window(windows[index]);
    }

    @Override
    Activation activation(DecoderSizes sizes) {
        // What older files say beside it is not read by transformers either.
        sizes.config.ignore("hidden_act");
        return activation(sizes, "hidden_activation");
    }

    @Override
    Head head(DecoderSizes sizes, Embedding embedding) {
        return super.head(sizes, embedding)
                .softCap(sizes.config.positiveOrNone("final_logit_softcapping").orElse(0));
    }
}
