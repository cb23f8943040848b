package dev.tokamak.libtorch.executor;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.families.ModelFamily;
import dev.tokamak.libtorch.model.families.Wrapper;
import dev.tokamak.libtorch.model.parts.PartLoader;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.weights.Weights;
import dev.tokamak.spi.executor.LoadProgress;

/** Gives a model its weights. */
final class ModelLoading {
    private ModelLoading() {}

    /** Loads a model, which is closed again if that fails. */
    static void load(
            Transformer model,
            ModelFamily family,
            ModelConfig config,
            Weights weights,
            ComputeDevice device,
            Operators operators,
            LoadProgress progress) {
        weights.findBy(model.sureWeight());
        try (PartLoader loader =
                new PartLoader(weights, device, operators, progress, model.parameters(), family.transposed())) {
            model.load(loader);
            ModelConfig own = Wrapper.languageOf(config);
            weights.refuseUnread(tensor -> family.denies(own, tensor));
            progress.update("weights", 1);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
