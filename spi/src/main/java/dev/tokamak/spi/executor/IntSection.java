package dev.tokamak.spi.executor;

import java.util.Arrays;

/** Ints that are appended to each other, in an array that grows. */
final class IntSection {
    int[] ints;
    int size;

    IntSection(int capacity) {
        ints = new int[capacity];
    }

    void clear() {
        size = 0;
    }

    void add(int value) {
        grow(1);
        ints[size++] = value;
    }

    void add(int[] from, int at, int count) {
        grow(count);
        System.arraycopy(from, at, ints, size, count);
        size += count;
    }

    /** Makes room for as many more, which are zero at first. Returns where they begin. */
    int addZeros(int count) {
        grow(count);
        int at = size;
        Arrays.fill(ints, at, at + count, 0);
        size += count;
        return at;
    }

    private void grow(int count) {
        if (size + count > ints.length) {
            ints = Arrays.copyOf(ints, Math.max(size + count, ints.length * 2));
        }
    }
}
