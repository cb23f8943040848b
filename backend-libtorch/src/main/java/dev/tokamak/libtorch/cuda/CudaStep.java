package dev.tokamak.libtorch.cuda;

import dev.tokamak.spi.executor.StepPlan;

/** A step under way on a CUDA device. */
public final class CudaStep {
    final StepPlan plan;

    /** The plan's sampled rows, in the order in which their logits lie. */
    final int[] sampledRows;

    /** Which pinned buffer it uses. */
    final int buffer;

    /** The most likeliest tokens that one of its rows returns with their log probabilities. */
    int mostScored;

    CudaStep(StepPlan plan, int[] sampledRows, int buffer) {
        this.plan = plan;
        this.sampledRows = sampledRows;
        this.buffer = buffer;
    }
}
