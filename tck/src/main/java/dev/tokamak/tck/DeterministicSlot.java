package dev.tokamak.tck;

import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.TokenList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a slot of the {@link DeterministicExecutor} keeps from step to step. */
final class DeterministicSlot {
    final List<int[]> tables = new ArrayList<>();
    SamplingState sampling;
    int lastSampled = -1;
    final DeterministicVectors vectors = new DeterministicVectors();

    /** The sequence's tokens so far, where there are bad words. */
    int[] history = {};

    void setSampling(SamplingState state) {
        sampling = state;
        if (!state.badWords().isEmpty()) {
            int prompt = state.promptTokens().length();
            history = new int[prompt + state.outputTokens().length()];
            state.promptTokens().copyTo(history, 0);
            state.outputTokens().copyTo(history, prompt);
        }
    }

    void sampled(int token, int outputIndex) {
        lastSampled = token;
        if (!sampling.badWords().isEmpty()) {
            int at = sampling.promptTokens().length() + outputIndex;
            history = Arrays.copyOf(history, at + 1);
            history[at] = token;
        }
    }

    private boolean isBad(int token) {
        for (TokenList word : sampling.badWords()) {
            if (word.isNext(history, history.length) && word.last() == token) {
                return true;
            }
        }
        return false;
    }

    /** The token that a cell points at. */
    int hashed(long state, int outputIndex, int vocabulary) {
        long hash = DeterministicExecutor.mix(state);
        if (!sampling.greedy()) {
            hash = DeterministicExecutor.mix(hash ^ DeterministicExecutor.mix(sampling.seed()) + outputIndex);
        }
        return (int) Long.remainderUnsigned(hash, vocabulary);
    }

    /** Whether a token may be drawn. */
    boolean allows(int token, int outputIndex, StepMasks masks, int offset) {
        if (offset >= 0 && (masks.words()[offset + (token >>> 5)] & (1 << token)) == 0) {
            return false;
        }
        if (outputIndex < sampling.minTokens() && sampling.endTokens().contains(token)) {
            return false;
        }
        if (isBad(token)) {
            return false;
        }
        TokenList biased = sampling.biasTokens();
        for (int i = 0; i < biased.length(); i++) {
            if (biased.get(i) == token && sampling.bias(i) == Float.NEGATIVE_INFINITY) {
                return false;
            }
        }
        return sampling.allowedTokens().isEmpty() || sampling.allowedTokens().contains(token);
    }
}
