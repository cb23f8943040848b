package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.nio.file.Path;
import java.util.Arrays;

/** An executor with the model, and plans of its texts. */
final class Texts implements AutoCloseable {
    private static final int BLOCK = 8;
    private static final int BLOCKS = 256;

    final Executor executor;
    final ModelInfo info;
    private final EncoderReference reference;
    private final StepResult result = new StepResult();
    private long step = 1;
    private int nextBlock;

    Texts(EncoderReference reference) {
        this(reference, reference.folder());
    }

    /** With a checkpoint of another folder. */
    Texts(EncoderReference reference, Path checkpoint) {
        this(reference, EngineConfig.builder(checkpoint).device("cpu").build());
    }

    /** With the configuration's checkpoint and device. */
    Texts(EncoderReference reference, EngineConfig config) {
        this.reference = reference;
        executor = new LibtorchExecutorProvider().create(Driver.executorConfig(config.model(), config));
        info = executor.load((what, fraction) -> {});
        executor.allocateKvCache(BLOCK, info.takesBlocks() ? BLOCKS : 0);
        executor.warmUp();
    }

    /** What the checkpoint says. */
    Pooling own() {
        return info.pooling();
    }

    StepPlan begin() {
        StepPlan plan = new StepPlan();
        plan.begin(step++);
        nextBlock = 0;
        return plan;
    }

    /** Some of a text's tokens, pooled if they are the last of it. */
    void row(StepPlan plan, int text, int from, int to, int firstBlock, Pooling pooling) {
        int[] tokens = reference.texts().get(text).tokens();
        int slot = plan.rows();
        int flags = (from == 0 ? StepPlan.FLAG_NEW_SLOT : 0) | (to == tokens.length ? StepPlan.FLAG_POOL : 0);
        plan.addRow(slot, slot, flags, from, 0);
        plan.addTokens(tokens, from, to - from);
        if (info.takesBlocks() && from == 0) {
            int[] blocks = new int[(tokens.length + BLOCK - 1) / BLOCK];
            Arrays.setAll(blocks, i -> firstBlock + i);
            nextBlock = firstBlock + blocks.length;
            plan.addBlocks(0, 0, blocks, 0, blocks.length);
        }
        plan.setPooling(pooling);
        reference.texts().get(text).second().ifPresent(plan::setSecondText);
    }

    void whole(StepPlan plan, int text, Pooling pooling) {
        row(plan, text, 0, reference.texts().get(text).tokens().length, nextBlock, pooling);
    }

    StepResult run(Pooling pooling, int... texts) {
        StepPlan plan = begin();
        for (int text : texts) {
            whole(plan, text, pooling);
        }
        return result(plan);
    }

    StepResult result(StepPlan plan) {
        executor.launch(plan);
        executor.await(result);
        return result;
    }

    void assertOwn(StepResult found, int... texts) {
        for (int row = 0; row < texts.length; row++) {
            assertThat(found.vectorCount(row)).isEqualTo(1);
            assertThat(found.vector(row, 0))
                    .as("text %d", texts[row])
                    .containsExactly(reference.vectors()[texts[row]], offset(1e-4f));
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
