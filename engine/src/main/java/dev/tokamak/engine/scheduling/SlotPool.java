package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.executor.StepPlan;

/**
 * The executor's slots. A slot that was given back is free once no plan in flight names it: until then the executor may still
 * write its sampled token there.
 */
final class SlotPool {
    private final int[] free;
    private final int[] rowsInFlight;
    private final boolean[] abandoned;
    private final int[] ended;
    private int endedCount;
    private int freeCount;
    private int abandonedCount;

    SlotPool(int slots) {
        free = new int[slots];
        rowsInFlight = new int[slots];
        abandoned = new boolean[slots];
        ended = new int[slots];
        reset();
    }

    void reset() {
        freeCount = free.length;
        abandonedCount = 0;
        endedCount = 0;
        for (int i = 0; i < free.length; i++) {
            free[i] = free.length - 1 - i;
            rowsInFlight[i] = 0;
            abandoned[i] = false;
        }
    }

    /** Whether a slot was given back that is free once its rows have landed. */
    boolean freesOneSoon() {
        return abandonedCount > 0;
    }

    boolean isEmpty() {
        return freeCount == 0;
    }

    int take() {
        return free[--freeCount];
    }

    void giveBack(int slot) {
        if (rowsInFlight[slot] == 0) {
            free(slot);
        } else {
            abandoned[slot] = true;
            abandonedCount++;
        }
    }

    void planned(int slot) {
        rowsInFlight[slot]++;
    }

    void landed(int slot) {
        if (--rowsInFlight[slot] == 0 && abandoned[slot]) {
            abandoned[slot] = false;
            abandonedCount--;
            free(slot);
        }
    }

    private void free(int slot) {
        free[freeCount++] = slot;
        ended[endedCount++] = slot;
    }

    /** Tells the executor which slots have become free since the plan before. */
    void tellEnded(StepPlan plan) {
        for (int i = 0; i < endedCount; i++) {
            plan.endSlot(ended[i]);
        }
        endedCount = 0;
    }
}
