package dev.tokamak.libtorch.step;

/** Log probabilities of positions, with ranks and the likeliest tokens. */
public final class LogprobTable {
    private final float[] logprobs;
    private final int[] ranks;
    private final int[][] topTokens;
    private final float[][] topLogprobs;

    public LogprobTable(int positions) {
        logprobs = new float[positions];
        ranks = new int[positions];
        topTokens = new int[positions][];
        topLogprobs = new float[positions][];
    }

    public void set(int at, float logprob, int rank, int[] top, float[] topLogprob) {
        logprobs[at] = logprob;
        ranks[at] = rank;
        topTokens[at] = top;
        topLogprobs[at] = topLogprob;
    }

    boolean has(int at) {
        return topTokens[at] != null;
    }

    float logprob(int at) {
        return logprobs[at];
    }

    int rank(int at) {
        return ranks[at];
    }

    int[] topTokens(int at) {
        return topTokens[at];
    }

    float[] topLogprobs(int at) {
        return topLogprobs[at];
    }
}
