package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The law of executors that make vectors, as tests, for models with a cache and without. An executor's test extends this class and says
 * how to make the executor for some small model; the tests check that vectors do not depend on what else is in the step or, where
 * a prompt may be cut, on how; and that lengths, counts and norms are as asked for.
 *
 * <p>The model must have a context of at least 64 tokens and, if it has a cache, at least 32 blocks.
 *
 * @since 0.2
 */
public abstract class PoolingContract {
    private static final int SLOT_BLOCKS = 8;
    private static final int LENGTH = 13;

    private Executor executor;
    private ModelInfo info;
    private final StepResult result = new StepResult();
    private long steps;

    /** For subclasses. */
    protected PoolingContract() {}

    /**
     * Makes the executor under test, with at least four slots.
     *
     * @return not loaded yet; closed by the test
     */
    protected abstract Executor newExecutor();

    @BeforeEach
    void open() {
        executor = newExecutor();
        info = executor.load((what, fraction) -> {});
        int blockSize = info.blockSizes().get(0);
        int blocks = info.takesBlocks() ? Math.min(executor.kvCapacity(blockSize), 4 * SLOT_BLOCKS) : 0;
        executor.allocateKvCache(blockSize, blocks);
        executor.warmUp();
    }

    @AfterEach
    void close() {
        executor.close();
    }

    private int[] prompt(int length, int salt) {
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            prompt[i] = (i * 7 + salt * 13) % Math.min(200, info.vocabularySize());
        }
        return prompt;
    }

    private StepPlan plan() {
        StepPlan plan = new StepPlan();
        plan.begin(++steps);
        return plan;
    }

    private void add(StepPlan plan, int slot, int[] tokens, int from, int to, Pooling pooling) {
        int flags = (from == 0 ? StepPlan.FLAG_NEW_SLOT : 0) | (to == tokens.length ? StepPlan.FLAG_POOL : 0);
        plan.addRow(slot, slot, flags, from, 0);
        plan.addTokens(tokens, from, to - from);
        plan.setPooling(pooling);
        int[] blocks = new int[SLOT_BLOCKS];
        Arrays.setAll(blocks, i -> slot * SLOT_BLOCKS + i);
        for (int group = 0; group < info.kvGroups().size() && from == 0; group++) {
            if (info.kvGroups().get(group).takesBlocks()) {
                plan.addBlocks(group, 0, blocks, 0, blocks.length);
            }
        }
    }

    private StepResult run(StepPlan plan) {
        executor.launch(plan);
        executor.await(result);
        assertThat(result.rows()).isEqualTo(plan.rows());
        return result;
    }

    private float[][] vectors(int row) {
        float[][] vectors = new float[result.vectorCount(row)][];
        Arrays.setAll(vectors, i -> result.vector(row, i));
        return vectors;
    }

    private float[][] whole(Pooling pooling) {
        StepPlan plan = plan();
        add(plan, 0, prompt(LENGTH, 1), 0, LENGTH, pooling);
        run(plan);
        return vectors(0);
    }

    private List<Pooling> offered() {
        Set<PoolingKind> kinds = new TreeSet<>(info.poolings());
        return kinds.stream().map(kind -> new Pooling(kind, false, 0)).toList();
    }

    private static void assertClose(float[][] found, float[][] expected) {
        assertThat(found).hasNumberOfRows(expected.length);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).containsExactly(expected[i], within(1e-4f));
        }
    }

    @Test
    void saysWhatItOffers() {
        assertThat(info.poolings()).isNotEmpty().contains(info.pooling().kind());
        assertThat(info.poolings()).allMatch(kind -> info.vectorSize(kind) >= 0);
        assertThat(info.promptMayBeCut() || !info.tasks().contains(ModelInfo.Task.GENERATE))
                .as("a model that generates computes its prompts in rows as they come")
                .isTrue();
    }

    @Test
    void givesOneVectorOrOneForEachToken() {
        for (Pooling pooling : offered()) {
            float[][] vectors = whole(pooling);
            assertThat(vectors).hasNumberOfRows(pooling.kind() == PoolingKind.ALL ? LENGTH : 1);
            if (info.vectorSize(pooling.kind()) > 0) {
                assertThat(vectors[0]).hasSize(info.vectorSize(pooling.kind()));
            }
        }
    }

    @Test
    void makesEachVectorOfTheTokensThatItIsNamedAfter() {
        assumeTrue(info.poolings().contains(PoolingKind.ALL), "it gives no vector for each token");
        float[][] all = whole(new Pooling(PoolingKind.ALL, false, 0));
        float[] mean = new float[all[0].length];
        for (float[] vector : all) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += vector[i] / LENGTH;
            }
        }
        for (Pooling pooling : offered()) {
            switch (pooling.kind()) {
                case LAST -> assertClose(whole(pooling), new float[][] {all[LENGTH - 1]});
                case CLS -> assertClose(whole(pooling), new float[][] {all[0]});
                case MEAN -> assertClose(whole(pooling), new float[][] {mean});
                default -> {}
            }
        }
    }

    @Test
    void givesTheSameVectorsAmongOtherRows() {
        for (Pooling pooling : offered()) {
            float[][] alone = whole(pooling);
            StepPlan plan = plan();
            add(plan, 1, prompt(5, 2), 0, 5, pooling);
            add(plan, 2, prompt(LENGTH, 1), 0, LENGTH, pooling);
            add(plan, 3, prompt(20, 3), 0, 20, pooling);
            run(plan);

            assertClose(vectors(1), alone);
        }
    }

    @Test
    void givesTheSameVectorsForAPromptInChunks() {
        assumeTrue(info.promptMayBeCut(), "prompts come whole");
        for (Pooling pooling : offered()) {
            float[][] whole = whole(pooling);
            StepPlan first = plan();
            add(first, 1, prompt(LENGTH, 1), 0, 6, pooling);
            assertThat(run(first).vectorCount(0)).isZero();
            StepPlan second = plan();
            add(second, 2, prompt(9, 2), 0, 9, pooling);
            add(second, 1, prompt(LENGTH, 1), 6, LENGTH, pooling);
            run(second);

            assertClose(vectors(1), whole);
        }
    }

    @Test
    void forgetsWhatASlotHeldBefore() {
        for (Pooling pooling : offered()) {
            float[][] whole = whole(pooling);
            StepPlan plan = plan();
            add(plan, 0, prompt(9, 5), 0, info.promptMayBeCut() ? 5 : 9, pooling);
            run(plan);

            assertClose(whole(pooling), whole);
        }
    }

    @Test
    void cutsVectorsToTheirFirstNumbersAndThenNormalisesThem() {
        for (Pooling pooling : offered()) {
            if (pooling.kind() == PoolingKind.HEAD) {
                continue;
            }
            float[] raw = whole(pooling)[0];
            int kept = raw.length / 2;
            double length = 0;
            for (int i = 0; i < kept; i++) {
                length += (double) raw[i] * raw[i];
            }
            float[] expected = new float[kept];
            for (int i = 0; i < kept; i++) {
                expected[i] = (float) (raw[i] / Math.sqrt(length));
            }

            assertThat(whole(new Pooling(pooling.kind(), true, kept))[0]).containsExactly(expected, within(1e-4f));
        }
    }
}
