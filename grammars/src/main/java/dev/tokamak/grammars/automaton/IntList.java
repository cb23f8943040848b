package dev.tokamak.grammars.automaton;

import java.util.Arrays;

/** Ints that are collected one by one. */
final class IntList {
    private int[] values = new int[64];
    private int count;

    void add(int value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = value;
    }

    void clear() {
        count = 0;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int[] toArray() {
        return Arrays.copyOf(values, count);
    }
}
