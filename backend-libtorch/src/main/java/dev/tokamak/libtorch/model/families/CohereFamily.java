package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.Norm;

/** Cohere's decoders: norms without biases, attention and feed-forward network side by side, pairs that lie side by side. */
abstract class CohereFamily extends DecoderFamily {
    CohereFamily(String architecture, String modelType, String defaults) {
        super(architecture, modelType, defaults);
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
        return parallelBlock(sizes, index);
    }

    @Override
    Head head(DecoderSizes sizes, Embedding embedding) {
        return super.head(sizes, embedding).scaled(sizes.config.positive("logit_scale"));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        boolean biased = sizes.config.flag("attention_bias");
        return super.attention(sizes, index).biased(biased, biased).rotary(0, sizes.headDim, true);
    }
}
