package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import java.util.Arrays;

/**
 * What a step yielded, in the order of its plan's rows. Owned by the engine and reused; filled by
 * {@link Executor#await}. A row yields no token if it was not sampled from, one if it was, and one more for each draft that was right;
 * a score for each position that the plan scores; and vectors if its pooling is due. A failed row yields nothing.
 *
 * @since 0.1
 */
@Incubating
public final class StepResult {
    private int rows;
    private final DrawColumn tokens = new DrawColumn();
    private final DrawColumn scores = new DrawColumn();
    private int[] tokenStart = new int[65];
    private int[] scoreStart = new int[65];
    private int[] vectorStart = new int[65];
    private int[] vectorWidth = new int[64];
    private boolean[] failed = new boolean[64];
    private float[] vector = {};
    private int vectorFloats;
    private int width;

    /** Whether any row has scores or vectors; until then nothing is kept of where theirs begin. */
    private boolean rich;

    /** An empty result. */
    public StepResult() {}

    /** Empties the result. Rows are then added in the plan's order. */
    public void begin() {
        rows = 0;
        tokens.size = 0;
        scores.size = 0;
        vectorFloats = 0;
        width = 0;
        rich = false;
    }

    private void enrich() {
        if (!rich) {
            rich = true;
            Arrays.fill(scoreStart, 0, rows + 1, 0);
            Arrays.fill(vectorStart, 0, rows + 1, 0);
            Arrays.fill(vectorWidth, 0, rows, 0);
        }
    }

    /** Ends a row; what was added since the last row belongs to it. */
    public void endRow() {
        endRow(false);
    }

    /** Ends a row whose logits are not numbers, or of which nothing was left to be drawn; whatever was added to it is dropped. */
    public void endFailedRow() {
        tokens.size = tokenStart[rows];
        if (rich) {
            scores.size = scoreStart[rows];
            vectorFloats = vectorStart[rows];
            width = 0;
        }
        endRow(true);
    }

    private void endRow(boolean isFailed) {
        if (rows == failed.length) {
            failed = Arrays.copyOf(failed, rows * 2);
            vectorWidth = Arrays.copyOf(vectorWidth, rows * 2);
            tokenStart = Arrays.copyOf(tokenStart, rows * 2 + 1);
            scoreStart = Arrays.copyOf(scoreStart, rows * 2 + 1);
            vectorStart = Arrays.copyOf(vectorStart, rows * 2 + 1);
        }
        failed[rows] = isFailed;
        tokenStart[++rows] = tokens.size;
        if (rich) {
            vectorWidth[rows - 1] = width;
            scoreStart[rows] = scores.size;
            vectorStart[rows] = vectorFloats;
            width = 0;
        }
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
     * @param logprob its natural log probability, before temperature and penalties
     * @param rank its place by probability, from 1
     * @param top the likeliest tokens, best first, or null; not copied
     * @param topLogprobs one for each of {@code top}, or null; not copied
     */
    public void addToken(int id, float logprob, int rank, int[] top, float[] topLogprobs) {
        tokens.add(id, logprob, rank, top, topLogprobs);
    }

    /**
     * Adds what a scored position says of the token that follows it.
     *
     * @param id that token
     * @param logprob its natural log probability
     * @param rank its place by probability, from 1
     * @param top the likeliest tokens, best first, or null; not copied
     * @param topLogprobs one for each of {@code top}, or null; not copied
     */
    public void addScore(int id, float logprob, int rank, int[] top, float[] topLogprobs) {
        enrich();
        scores.add(id, logprob, rank, top, topLogprobs);
    }

    /**
     * Adds a vector to the row that is being filled; all vectors of a row are of one length.
     *
     * @param values where it is; copied
     * @param from index of its first number
     * @param length how many numbers, 1 or more
     */
    public void addVector(float[] values, int from, int length) {
        enrich();
        if (vectorFloats + length > vector.length) {
            vector = Arrays.copyOf(vector, Math.max(vectorFloats + length, vector.length * 2));
        }
        System.arraycopy(values, from, vector, vectorFloats, length);
        vectorFloats += length;
        width = length;
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
     * Whether nothing could be made of a row: its logits are not numbers, or nothing of them was left.
     *
     * @param row from 0
     * @return true if so; the row has nothing then
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
        return tokenStart[row + 1] - tokenStart[row];
    }

    /**
     * A token.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return its id
     */
    public int token(int row, int i) {
        return tokens.token[tokenStart[row] + i];
    }

    /**
     * A token's log probability.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return NaN if it was not asked for
     */
    public float logprob(int row, int i) {
        return tokens.logprob[tokenStart[row] + i];
    }

    /**
     * A token's place by probability.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return from 1; 0 if it was not asked for
     */
    public int rank(int row, int i) {
        return tokens.rank[tokenStart[row] + i];
    }

    /**
     * The likeliest tokens at a token's position.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return best first, or null if they were not asked for
     */
    public int[] topTokens(int row, int i) {
        return tokens.topTokens[tokenStart[row] + i];
    }

    /**
     * The log probabilities of {@link #topTokens}.
     *
     * @param row from 0
     * @param i from 0 to {@link #tokenCount}
     * @return one each, or null if they were not asked for
     */
    public float[] topLogprobs(int row, int i) {
        return tokens.topLogprobs[tokenStart[row] + i];
    }

    /**
     * How many positions of a row were scored.
     *
     * @param row from 0
     * @return 0 or more
     */
    public int scoreCount(int row) {
        return rich ? scoreStart[row + 1] - scoreStart[row] : 0;
    }

    /**
     * The token that follows a scored position.
     *
     * @param row from 0
     * @param i from 0 to {@link #scoreCount}
     * @return its id
     */
    public int scoredToken(int row, int i) {
        return scores.token[scoreStart[row] + i];
    }

    /**
     * The log probability of the token that follows a scored position.
     *
     * @param row from 0
     * @param i from 0 to {@link #scoreCount}
     * @return at most 0
     */
    public float score(int row, int i) {
        return scores.logprob[scoreStart[row] + i];
    }

    /**
     * The place by probability of the token that follows a scored position.
     *
     * @param row from 0
     * @param i from 0 to {@link #scoreCount}
     * @return from 1
     */
    public int scoreRank(int row, int i) {
        return scores.rank[scoreStart[row] + i];
    }

    /**
     * The likeliest tokens behind a scored position.
     *
     * @param row from 0
     * @param i from 0 to {@link #scoreCount}
     * @return best first, or null if they were not asked for
     */
    public int[] scoreTopTokens(int row, int i) {
        return scores.topTokens[scoreStart[row] + i];
    }

    /**
     * The log probabilities of {@link #scoreTopTokens}.
     *
     * @param row from 0
     * @param i from 0 to {@link #scoreCount}
     * @return one each, or null if they were not asked for
     */
    public float[] scoreTopLogprobs(int row, int i) {
        return scores.topLogprobs[scoreStart[row] + i];
    }

    /**
     * How many vectors a row yielded.
     *
     * @param row from 0
     * @return 0 mostly; 1, or one for each token of the prompt
     */
    public int vectorCount(int row) {
        return !rich || vectorWidth[row] == 0 ? 0 : (vectorStart[row + 1] - vectorStart[row]) / vectorWidth[row];
    }

    /**
     * A vector of a row.
     *
     * @param row from 0
     * @param i from 0 to {@link #vectorCount}
     * @return a copy
     */
    public float[] vector(int row, int i) {
        int from = vectorStart[row] + i * vectorWidth[row];
        return Arrays.copyOfRange(vector, from, from + vectorWidth[row]);
    }
}
