package dev.tokamak.spi.executor;

import java.util.Arrays;

/** Tokens of a result with what was asked for about each: its log probability, its rank, and the likeliest tokens. */
final class DrawColumn {
    int size;
    int[] token = new int[64];
    float[] logprob = new float[64];
    int[] rank = new int[64];
    int[][] topTokens = new int[64][];
    float[][] topLogprobs = new float[64][];

    void add(int id, float itsLogprob, int itsRank, int[] top, float[] topLogprob) {
        if (size == token.length) {
            grow(size * 2);
        }
        token[size] = id;
        logprob[size] = itsLogprob;
        rank[size] = itsRank;
        topTokens[size] = top;
        topLogprobs[size] = topLogprob;
        size++;
    }

    private void grow(int length) {
        token = Arrays.copyOf(token, length);
        logprob = Arrays.copyOf(logprob, length);
        rank = Arrays.copyOf(rank, length);
        topTokens = Arrays.copyOf(topTokens, length);
        topLogprobs = Arrays.copyOf(topLogprobs, length);
    }
}
