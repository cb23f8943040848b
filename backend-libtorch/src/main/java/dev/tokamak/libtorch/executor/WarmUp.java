package dev.tokamak.libtorch.executor;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps that touch what requests will touch: weights and code paths of a prompt and of decoding, alone and in a batch. They
 * write into the first blocks of the cache.
 */
public final class WarmUp {
    private static final int PROMPT = 64;
    private static final int BATCH = 16;

    private final int blockSize;
    private final int groups;
    private final int promptTokens;
    private final int batch;
    private final int vocabulary;
    private final boolean takesBlocks;
    private final Pooling pooling;
    private long nextStep = 1;

    WarmUp(ModelInfo info, int blockSize, long blocks, int context, int slots, int budget) {
        this.blockSize = blockSize;
        this.groups =
                (int) info.kvGroups().stream().filter(KvGroup::takesBlocks).count();
        this.vocabulary = info.vocabularySize();
        this.takesBlocks = info.takesBlocks();
        this.pooling = info.tasks().contains(ModelInfo.Task.GENERATE) ? null : new Pooling(PoolingKind.HEAD, false, 0);
        long room = takesBlocks ? (blocks - 1) * blockSize : Long.MAX_VALUE;
        int roomy = (int) Math.min(context - 2L, room);
        this.promptTokens = Math.max(1, Math.min(PROMPT, Math.min(roomy, budget)));
        this.batch = Math.max(1, Math.min(BATCH, Math.min(slots, budget)));
    }

    List<StepPlan> plans() {
        List<StepPlan> plans = new ArrayList<>();
        if (pooling != null) {
            return List.of(texts(1), texts(batch));
        }
        plans.add(prompt());
        for (int rows = 1; rows <= batch; rows *= 2) {
            plans.add(decode(rows));
        }
        return plans;
    }

    /** Texts that are pooled, together no longer than one prompt. */
    private StepPlan texts(int rows) {
        StepPlan plan = begin();
        for (int slot = 0; slot < rows; slot++) {
            plan.addRow(slot, slot, StepPlan.FLAG_NEW_SLOT | StepPlan.FLAG_POOL, 0, 0);
            int tokens = Math.max(1, promptTokens / rows);
            for (int i = 0; i < tokens; i++) {
                plan.addToken(i % vocabulary);
            }
            addBlocks(plan, tokens);
            plan.setPooling(pooling);
        }
        return plan;
    }

    private StepPlan prompt() {
        StepPlan plan = begin();
        plan.addRow(0, 0, StepPlan.FLAG_NEW_SLOT | StepPlan.FLAG_SAMPLE, 0, 0);
        for (int i = 0; i < promptTokens; i++) {
            plan.addToken(i % vocabulary);
        }
        addBlocks(plan, promptTokens);
        sample(plan);
        return plan;
    }

    private StepPlan decode(int rows) {
        StepPlan plan = begin();
        for (int slot = 0; slot < rows; slot++) {
            plan.addRow(slot, slot, StepPlan.FLAG_NEW_SLOT | StepPlan.FLAG_SAMPLE, promptTokens - 1, 0);
            plan.addToken(0);
            addBlocks(plan, promptTokens);
            sample(plan);
        }
        return plan;
    }

    private StepPlan begin() {
        StepPlan plan = new StepPlan();
        plan.begin(nextStep++);
        return plan;
    }

    private void addBlocks(StepPlan plan, int tokens) {
        if (!takesBlocks) {
            return;
        }
        int[] ids = new int[(tokens + blockSize - 1) / blockSize];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i;
        }
        for (int group = 0; group < groups; group++) {
            plan.addBlocks(group, 0, ids, 0, ids.length);
        }
    }

    private static void sample(StepPlan plan) {
        SamplingParams params = SamplingParams.builder().build();
        plan.setSampling(SamplingState.of(params, 1, new int[0], new int[0], 0, 0));
    }
}
