package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.operators.Activation;

/** Gemma's decoders: scaled embeddings, norms around both sublayers, a scale of attention of their own, capped numbers. */
abstract class GemmaFamily extends DecoderFamily {
    GemmaFamily(String architecture, String modelType, String defaults) {
        super(architecture, modelType, defaults);
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
        String layer = layer(index);
        return new Block(attention(sizes, index).build(), feedForward(sizes, index))
                .before(norm(sizes, layer + "input_layernorm"), norm(sizes, layer + "pre_feedforward_layernorm"))
                .behind(
                        norm(sizes, layer + "post_attention_layernorm"),
                        norm(sizes, layer + "post_feedforward_layernorm"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        boolean biased = config.flag("attention_bias");
        return super.attention(sizes, index)
                .biased(biased, biased)
                .scale(1 / Math.sqrt(config.positive("query_pre_attn_scalar")))
                .softCap(config.positiveOrNone("attn_logit_softcapping").orElse(0));
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
