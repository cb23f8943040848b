package dev.tokamak.libtorch.executor;

import dev.tokamak.api.SamplingParams;
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
    private final int promptTokens;
    private final int batch;
    private final int vocabulary;
    private long nextStep = 1;

    WarmUp(int blockSize, long blocks, int vocabulary, int context, int slots, int budget) {
        this.blockSize = blockSize;
        this.vocabulary = vocabulary;
        int roomy = (int) Math.min(context - 2L, (blocks - 1) * blockSize);
        this.promptTokens = Math.max(1, Math.min(PROMPT, Math.min(roomy, budget)));
        this.batch = Math.max(1, Math.min(BATCH, Math.min(slots, budget)));
    }

    List<StepPlan> plans() {
        List<StepPlan> plans = new ArrayList<>();
        plans.add(prompt());
        for (int rows = 1; rows <= batch; rows *= 2) {
            plans.add(decode(rows));
        }
        return plans;
    }

    private StepPlan prompt() {
        StepPlan plan = begin();
        plan.addRow(0, 0, StepPlan.FLAG_NEW_SLOT | StepPlan.FLAG_SAMPLE, 0, 0);
        for (int i = 0; i < promptTokens; i++) {
            plan.addToken(i % vocabulary);
        }
        addBlocks(plan, promptTokens);
        return plan;
    }

    private StepPlan decode(int rows) {
        StepPlan plan = begin();
        for (int slot = 0; slot < rows; slot++) {
            plan.addRow(slot, slot, StepPlan.FLAG_NEW_SLOT | StepPlan.FLAG_SAMPLE, promptTokens - 1, 0);
            plan.addToken(0);
            addBlocks(plan, promptTokens);
        }
        return plan;
    }

    private StepPlan begin() {
        StepPlan plan = new StepPlan();
        plan.begin(nextStep++);
        return plan;
    }

    private void addBlocks(StepPlan plan, int tokens) {
        int[] ids = new int[(tokens + blockSize - 1) / blockSize];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i;
        }
        plan.addBlocks(0, 0, ids, 0, ids.length);
        SamplingParams params = SamplingParams.builder().build();
        plan.setSampling(SamplingState.of(params, 1, new int[0], new int[0], 0, 0));
    }
}
