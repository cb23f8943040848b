package dev.tokamak.grammars.nfa;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Finds any of several texts in a stream of bytes: the automaton of Aho and Corasick (1975), complete over all bytes.
 */
final class TextFinder {
    private final List<int[]> next = new ArrayList<>();
    private final List<Boolean> found = new ArrayList<>();

    TextFinder(List<String> texts) {
        state();
        for (String text : texts) {
            int state = 0;
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                int child = next.get(state)[b & 0xFF];
                if (child < 0) {
                    child = state();
                    next.get(state)[b & 0xFF] = child;
                }
                state = child;
            }
            found.set(state, true);
        }
        complete();
    }

    private int state() {
        int[] row = new int[256];
        Arrays.fill(row, -1);
        next.add(row);
        found.add(false);
        return next.size() - 1;
    }

    private void complete() {
        int[] fallback = new int[next.size()];
        Deque<Integer> pending = new ArrayDeque<>();
        for (int b = 0; b < 256; b++) {
            int child = next.get(0)[b];
            if (child < 0) {
                next.get(0)[b] = 0;
            } else {
                pending.add(child);
            }
        }
        while (!pending.isEmpty()) {
            int state = pending.remove();
            found.set(state, found.get(state) || found.get(fallback[state]));
            for (int b = 0; b < 256; b++) {
                int child = next.get(state)[b];
                int other = next.get(fallback[state])[b];
                if (child < 0) {
                    next.get(state)[b] = other;
                } else {
                    fallback[child] = other;
                    pending.add(child);
                }
            }
        }
    }

    int states() {
        return next.size();
    }

    int next(int state, int b) {
        return next.get(state)[b];
    }

    /** Whether one of the texts ends here. */
    boolean found(int state) {
        return found.get(state);
    }
}
