package dev.tokamak.libtorch.executor;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.ModelInfo.Task;
import dev.tokamak.spi.executor.Pooling;
import java.util.EnumSet;
import java.util.Set;

/** Tells the engine what a model is for. */
final class ModelPurpose {
    /** Each is a token that may be computed in vain. */
    private static final int MAX_DRAFTS = 32;

    private ModelPurpose() {}

    /** Adds tasks, poolings, and whether prompts may be cut. */
    static ModelInfo.Builder describe(ModelInfo.Builder info, Transformer model) {
        Pooler pooler = model.pooler();
        if (pooler == null) {
            return info.tasks(Set.of(Task.GENERATE, Task.EMBED))
                    .scoresPrompts(true)
                    .maxDrafts(MAX_DRAFTS)
                    .poolings(EnumSet.complementOf(EnumSet.of(PoolingKind.HEAD)))
                    .vectorSize(model.hidden());
        }
        boolean cut = !model.bidirectional() && pooler.lastTokenOnly();
        return info.tasks(tasks(pooler))
                .promptMayBeCut(cut)
                .pooling(new Pooling(PoolingKind.HEAD, pooler.hasUnitLength(), 0))
                .vectorSize(model.hidden())
                .headSize(pooler.width())
                .poolings(cut ? Set.of(PoolingKind.LAST, PoolingKind.HEAD) : EnumSet.allOf(PoolingKind.class));
    }

    private static Set<Task> tasks(Pooler pooler) {
        if (!pooler.givesScores()) {
            return Set.of(Task.EMBED);
        }
        return pooler.width() == 1 ? Set.of(Task.CLASSIFY, Task.SCORE) : Set.of(Task.CLASSIFY);
    }
}
