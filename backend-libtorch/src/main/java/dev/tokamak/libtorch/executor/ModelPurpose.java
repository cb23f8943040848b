package dev.tokamak.libtorch.executor;

import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.ModelInfo.Task;
import dev.tokamak.spi.executor.Pooling;
import java.util.EnumSet;
import java.util.Set;

/** Tells the engine what a model is for. */
final class ModelPurpose {
    private ModelPurpose() {}

    /** Adds tasks, poolings, and whether prompts may be cut. */
    static ModelInfo.Builder describe(ModelInfo.Builder info, Transformer model) {
        Pooler pooler = model.pooler();
        if (pooler == null) {
            return info.poolings(Set.of(Pooling.Kind.LAST));
        }
        boolean cut = !model.bidirectional() && pooler.lastTokenOnly();
        return info.tasks(tasks(pooler))
                .promptMayBeCut(cut)
                .poolings(cut ? Set.of(Pooling.Kind.LAST, Pooling.Kind.HEAD) : EnumSet.allOf(Pooling.Kind.class));
    }

    private static Set<Task> tasks(Pooler pooler) {
        if (!pooler.givesScores()) {
            return Set.of(Task.EMBED);
        }
        return pooler.width() == 1 ? Set.of(Task.CLASSIFY, Task.SCORE) : Set.of(Task.CLASSIFY);
    }
}
