package dev.tokamak.libtorch.step;

import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;

/** What a step's rows yielded, on the host. */
public final class SampledStep {
    private final int[] rows;
    private final long[] ids;
    private float[] logprobs;
    private int[] ranks;
    private int[][] topIds;
    private float[][] topLogprobs;
    private float[][] vectors;
    private int[] widths;

    /**
     * @param rows the plan's sampled rows, in order
     * @param ids a token for each of them, -1 for one whose logits are not numbers
     */
    public SampledStep(int[] rows, long[] ids) {
        this.rows = rows;
        this.ids = ids;
    }

    /** Sets what a row returns beside its token; {@code place} counts sampled rows. */
    public void setLogprobs(int place, float logprob, int rank, int[] top, float[] topLogprob) {
        if (logprobs == null) {
            logprobs = new float[rows.length];
            ranks = new int[rows.length];
            topIds = new int[rows.length][];
            topLogprobs = new float[rows.length][];
        }
        logprobs[place] = logprob;
        ranks[place] = rank;
        topIds[place] = top;
        topLogprobs[place] = topLogprob;
    }

    /**
     * Sets what a row's pooling gave.
     *
     * @param plan of the step
     * @param row of the plan
     * @param values of its vectors, one behind another; null if they are not numbers
     * @param width of one
     */
    void setVectors(StepPlan plan, int row, float[] values, int width) {
        if (vectors == null) {
            vectors = new float[plan.rows()][];
            widths = new int[plan.rows()];
        }
        vectors[row] = values;
        widths[row] = width;
    }

    /** Copies the step's outcome, one entry for each row of the plan. */
    public void fill(StepPlan plan, StepResult result) {
        result.begin();
        int place = 0;
        for (int row = 0; row < plan.rows(); row++) {
            if (widths != null && widths[row] > 0) {
                if (vectors[row] == null) {
                    result.endFailedRow();
                    place += place < rows.length && rows[place] == row ? 1 : 0;
                    continue;
                }
                for (int at = 0; at < vectors[row].length; at += widths[row]) {
                    result.addVector(vectors[row], at, widths[row]);
                }
            }
            if (place == rows.length || rows[place] != row) {
                result.endRow();
            } else if (ids[place] < 0) {
                result.endFailedRow();
                place++;
            } else {
                if (logprobs != null && topIds[place] != null) {
                    result.addToken((int) ids[place], logprobs[place], ranks[place], topIds[place], topLogprobs[place]);
                } else {
                    result.addToken((int) ids[place]);
                }
                result.endRow();
                place++;
            }
        }
    }
}
