package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;

/**
 * Sequences that run, the one that would give up its blocks first at the end.
 *
 * <p>A policy's choice of victim may change while sequences run, so the order is settled anew for each plan. It is nearly the
 * order of the plan before: insertion sort takes one comparison a sequence then.
 */
final class RunningList {
    private final SchedulingPolicy policy;
    private final Sequence[] sequences;
    private int size;

    RunningList(SchedulingPolicy policy, int capacity) {
        this.policy = policy;
        this.sequences = new Sequence[capacity];
    }

    int size() {
        return size;
    }

    Sequence get(int i) {
        return sequences[i];
    }

    Sequence last() {
        return sequences[size - 1];
    }

    void add(Sequence sequence) {
        sequences[size++] = sequence;
    }

    /** Returns whether it was here. */
    boolean remove(Sequence sequence) {
        int at = size - 1;
        while (at >= 0 && sequences[at] != sequence) {
            at--;
        }
        if (at >= 0) {
            System.arraycopy(sequences, at + 1, sequences, at, size - at - 1);
            sequences[--size] = null;
        }
        return at >= 0;
    }

    void sort() {
        for (int i = 1; i < size; i++) {
            Sequence moving = sequences[i];
            int at = i;
            while (at > 0 && outlasts(moving, sequences[at - 1])) {
                sequences[at] = sequences[at - 1];
                at--;
            }
            sequences[at] = moving;
        }
    }

    private boolean outlasts(Sequence a, Sequence b) {
        int order = policy.compareVictims(a, b);
        return order > 0 || (order == 0 && a.arrival() < b.arrival());
    }
}
