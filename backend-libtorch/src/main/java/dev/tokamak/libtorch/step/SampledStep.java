package dev.tokamak.libtorch.step;

import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;

/** What a step yielded, on the host. */
public final class SampledStep {
    private final SampledPositions positions;
    private final long[] ids;
    private final LogprobTable logprobs;
    private LogprobTable scores;
    private float[][] vectors;
    private int[] widths;

    /**
     * @param positions that were sampled from
     * @param ids a token for each of them: -1 for one whose logits are not numbers; those behind a draft that was wrong mean nothing
     */
    public SampledStep(SampledPositions positions, long[] ids) {
        this.positions = positions;
        this.ids = ids;
        this.logprobs = new LogprobTable(ids.length);
    }

    /** What positions return beside their tokens, by their places among the sampled ones. */
    public LogprobTable logprobs() {
        return logprobs;
    }

    /** Sets what the plan's scored positions yielded, row by row. */
    void setScores(LogprobTable ofPositions) {
        scores = ofPositions;
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
        if (widths == null) {
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
        int scored = 0;
        for (int row = 0; row < plan.rows(); row++) {
            boolean sound = addTokens(plan, row, place, result);
            for (int i = 0; i < plan.scoredCount(row); i++) {
                sound &= addScore(plan.scoredToken(row, i), scored + i, result);
            }
            sound &= addVectors(row, result);
            place += plan.sampledCount(row);
            scored += plan.scoredCount(row);
            if (sound) {
                result.endRow();
            } else {
                result.endFailedRow();
            }
        }
    }

    /** As many tokens as drafts were right, and one more. Returns whether all of them are tokens. */
    private boolean addTokens(StepPlan plan, int row, int place, StepResult result) {
        boolean right = true;
        for (int i = place; i < place + plan.sampledCount(row) && right; i++) {
            if (ids[i] < 0) {
                return false;
            }
            int id = (int) ids[i];
            if (logprobs.has(i)) {
                result.addToken(
                        id, logprobs.logprob(i), logprobs.rank(i), logprobs.topTokens(i), logprobs.topLogprobs(i));
            } else {
                result.addToken(id);
            }
            right = positions.draft(i) == id;
        }
        return true;
    }

    private boolean addScore(int token, int at, StepResult result) {
        result.addScore(token, scores.logprob(at), scores.rank(at), scores.topTokens(at), scores.topLogprobs(at));
        return !Float.isNaN(scores.logprob(at));
    }

    private boolean addVectors(int row, StepResult result) {
        if (widths == null || widths[row] == 0) {
            return true;
        }
        if (vectors[row] == null) {
            return false;
        }
        for (int at = 0; at < vectors[row].length; at += widths[row]) {
            result.addVector(vectors[row], at, widths[row]);
        }
        return true;
    }
}
