package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import java.util.Arrays;

/**
 * What a step yielded, in the order of its plan's rows. Owned by the engine and reused; filled by
 * {@link Executor#await}. A row yields no token if it was not sampled from, one if it was, or several where draft tokens were
 * accepted.
 *
 * @since 0.1
 */
@Incubating
public final class StepResult {
    private int rows;
    private int[] start = new int[65];
    private boolean[] failed = new boolean[64];
    private int tokenInts;
    private int[] token = new int[64];
    private float[] logprob = new float[64];
    private int[] rank = new int[64];
    private int[][] topTokens = new int[64][];
    private float[][] topLogprobs = new float[64][];

    /** An empty result. */
    public StepResult() {}

    /** Empties the result. Rows are then added in the plan's order. */
    public void begin() {
        rows = 0;
        tokenInts = 0;
        start[0] = 0;
    }

    /** Ends a row; the tokens added since the last row belong to it. */
    public void endRow() {
        endRow(false);
    }

    /** Ends a row whose logits are not numbers, or of which nothing was left to be drawn. */
    public void endFailedRow() {
        endRow(true);
    }

    private void endRow(boolean isFailed) {
        if (rows == failed.length) {
            failed = Arrays.copyOf(failed, rows * 2);
            start = Arrays.copyOf(start, rows * 2 + 1);
        }
        failed[rows++] = isFailed;
        start[rows] = tokenInts;
    }

    /**
     * Adds a token to the row that is being filled.
     *
     * @param id the token
     */
    public void addToken(int id) {
        addToken(id, Float.NaN, 0, null, null);
    }

    /**
     * Adds a token with its log probability.
     *
     * @param id the token
     * @param logprobOfToken its natural log probability, before temperature and penalties
     * @param rankOfToken its place by probability, from 1
     * @param top the likeliest tokens, best first, or null; not copied
     * @param topLogprob one for each of {@code top}, or null; not copied
     */
    public void addToken(int id, float logprobOfToken, int rankOfToken, int[] top, float[] topLogprob) {
        if (tokenInts == token.length) {
            int length = tokenInts * 2;
            token = Arrays.copyOf(token, length);
            logprob = Arrays.copyOf(logprob, length);
            rank = Arrays.copyOf(rank, length);
            topTokens = Arrays.copyOf(topTokens, length);
            topLogprobs = Arrays.copyOf(topLogprobs, length);
        }
        token[tokenInts] = id;
        logprob[tokenInts] = logprobOfToken;
        rank[tokenInts] = rankOfToken;
        topTokens[tokenInts] = top;
        topLogprobs[tokenInts] = topLogprob;
        tokenInts++;
    }

    /**
     * How many rows there are.
     *
     * @return as many as the plan has
     */
    public int rows() {
        return rows;
    }

    /**
     * Whether nothing could be drawn from a row: its logits are not numbers, or nothing of them was left.
     *
     * @param row from 0
     * @return true if so; the row has no token then
     */
    public boolean failed(int row) {
        return failed[row];
    }

    /**
     * How many tokens a row yielded.
     *
     * @param row from 0
     * @return 0 or more
     */
    public int tokenCount(int row) {
        return start[row + 1] - start[row];
    }

    /**
     * A token.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return its id
     */
    public int token(int row, int i) {
        return token[start[row] + i];
    }

    /**
     * A token's log probability.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return NaN if it was not asked for
     */
    public float logprob(int row, int i) {
        return logprob[start[row] + i];
    }

    /**
     * A token's place by probability.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return from 1; 0 if it was not asked for
     */
    public int rank(int row, int i) {
        return rank[start[row] + i];
    }

    /**
     * The likeliest tokens at a token's position.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return best first, or null if they were not asked for
     */
    public int[] topTokens(int row, int i) {
        return topTokens[start[row] + i];
    }

    /**
     * The log probabilities of {@link #topTokens}.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return one each, or null if they were not asked for
     */
    public float[] topLogprobs(int row, int i) {
        return topLogprobs[start[row] + i];
    }
}
