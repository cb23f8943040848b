package dev.tokamak.tck;

import dev.tokamak.spi.executor.SamplingState;
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

    boolean isBad(int token) {
        for (TokenList word : sampling.badWords()) {
            if (word.isNext(history, history.length) && word.last() == token) {
                return true;
            }
        }
        return false;
    }
}
