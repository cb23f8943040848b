package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Norm;

/** Decoders whose norms are by mean and variance, with weights and biases. */
abstract class LayerNormFamily extends DecoderFamily {
    LayerNormFamily(String architecture, String modelType, String defaults) {
        super(architecture, modelType, defaults);
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        return DecoderSizes.of(config, "layer_norm_eps");
    }

    @Override
    Norm norm(DecoderSizes sizes, String name) {
        return Norm.layer(name, sizes.hidden, sizes.epsilon, true, true);
    }
}
