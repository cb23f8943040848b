package dev.tokamak.libtorch.executor;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import java.util.Arrays;

/**
 * The step that takes the most memory: as many tokens as a step may have, spread over as many sequences as there may be, all of
 * which are sampled in the costliest way. Every sequence lies in block 0, so the cache needs no other; what is computed
 * means nothing.
 */
public final class WidestStep {
    private static final int LOGPROBS = 20;

    private final StepPlan plan = new StepPlan();
    private final StepMasks masks;

    /**
     * @param tokens in a step at most
     * @param sequences at most
     * @param maxModelLen tokens of a sequence at most
     * @param blockSize of the cache
     * @param vocabulary width of the logits
     */
    public WidestStep(int tokens, int sequences, int maxModelLen, int blockSize, int vocabulary) {
        int rows = Math.min(tokens, sequences);
        int all = (int) Math.min(tokens, (long) rows * maxModelLen);
        plan.begin(1);
        for (int row = 0; row < rows; row++) {
            int length = all / rows + (row < all % rows ? 1 : 0);
            // A step of single tokens that are all sampled would be captured as a graph, of a cache that is about to
            // change.
            boolean sampled = row > 0 || all > rows;
            add(row, length, sampled, blockSize, vocabulary);
        }
        masks = new StepMasks(vocabulary, plan.maskedPositions());
        masks.resize(plan.maskedPositions());
        Arrays.fill(masks.words(), -1);
    }

    private void add(int row, int length, boolean sampled, int blockSize, int vocabulary) {
        int sampling = StepPlan.FLAG_SAMPLE | StepPlan.FLAG_NEEDS_MASK | StepPlan.FLAG_LOGPROBS;
        plan.addRow(row, row, StepPlan.FLAG_NEW_SLOT | (sampled ? sampling : 0), 0, 0);
        for (int i = 0; i < length; i++) {
            plan.addToken(i % vocabulary);
        }
        int[] blocks = new int[(length + blockSize - 1) / blockSize];
        plan.addBlocks(0, 0, blocks, 0, blocks.length);
        plan.setSampling(state(vocabulary));
        if (sampled) {
            plan.setLogprobs(LOGPROBS);
        }
    }

    /** Penalties keep counts for each sequence, and such a top-k sorts the whole vocabulary. */
    private static SamplingState state(int vocabulary) {
        SamplingParams params = SamplingParams.builder()
                .temperature(1)
                .topK(vocabulary)
                .topP(0.99)
                .minP(0.01)
                .presencePenalty(0.1)
                .frequencyPenalty(0.1)
                .repetitionPenalty(1.1)
                .build();
        return SamplingState.of(params, 1, new int[0], new int[] {0}, 1, 1);
    }

    public StepPlan plan() {
        return plan;
    }

    /** Allow everything. */
    public StepMasks masks() {
        return masks;
    }
}
