package dev.tokamak.libtorch.step;

import dev.tokamak.spi.executor.StepPlan;

/** The positions that a step samples from, in the order of their logits: row by row, and one more in a row for each draft. */
public final class SampledPositions {
    private final StepPlan plan;
    private final int[] rows;
    private final int[] draftsBefore;

    public SampledPositions(StepPlan plan) {
        this.plan = plan;
        rows = new int[plan.sampledPositions()];
        draftsBefore = new int[rows.length];
        int count = 0;
        for (int row = 0; row < plan.rows(); row++) {
            for (int i = 0; i < plan.sampledCount(row); i++) {
                rows[count] = row;
                draftsBefore[count++] = i;
            }
        }
    }

    public int count() {
        return rows.length;
    }

    /** The plan's row. */
    public int row(int at) {
        return rows[at];
    }

    public int slot(int at) {
        return plan.slot(rows[at]);
    }

    /** How many of the row's drafts are before the position. */
    public int draftsBefore(int at) {
        return draftsBefore[at];
    }

    /** Which of its sequence's tokens is drawn there. */
    public int outputIndex(int at) {
        return plan.outputIndex(rows[at]) + draftsBefore[at];
    }

    /** Whether the plan has something for the position's row. */
    public boolean has(int at, int flag) {
        return plan.has(rows[at], flag);
    }

    /** The token that the step takes for the one that is drawn there; -1 behind the last draft. */
    public int draft(int at) {
        int row = rows[at];
        int drafts = plan.drafts(row);
        if (draftsBefore[at] == drafts) {
            return -1;
        }
        return plan.tokenIds()[plan.tokenOffset(row) + plan.tokenCount(row) - drafts + draftsBefore[at]];
    }

    /** Where the position is among the step's tokens. */
    public int token(int at) {
        int row = rows[at];
        return plan.tokenOffset(row) + plan.tokenCount(row) - plan.sampledCount(row) + draftsBefore[at];
    }
}
