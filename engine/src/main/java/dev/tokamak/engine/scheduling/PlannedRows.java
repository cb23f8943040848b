package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.Sequence;
import java.util.Arrays;

/** Whose the rows of one plan are, and which blocks they were planned with. Reused from plan to plan. */
final class PlannedRows {
    private Sequence[] sequences = new Sequence[64];
    private int[] incarnations = new int[64];
    private int size;

    int size() {
        return size;
    }

    Sequence sequence(int row) {
        return sequences[row];
    }

    /** Whether the row's sequence still has the blocks that the row wrote. */
    boolean current(int row) {
        return incarnations[row] == SequenceState.of(sequences[row]).incarnation;
    }

    void add(Sequence sequence) {
        if (size == sequences.length) {
            sequences = Arrays.copyOf(sequences, size * 2);
            incarnations = Arrays.copyOf(incarnations, size * 2);
        }
        sequences[size] = sequence;
        incarnations[size++] = SequenceState.of(sequence).incarnation;
    }

    void clear() {
        Arrays.fill(sequences, 0, size, null);
        size = 0;
    }
}
