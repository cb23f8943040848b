package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.Arrays;

/** Sequences that wait, in a policy's order: a binary heap that knows each one's place, so that any can leave in O(log n). */
final class WaitingQueue {
    private final SchedulingPolicy policy;
    private Sequence[] heap = new Sequence[64];
    private int size;

    WaitingQueue(SchedulingPolicy policy) {
        this.policy = policy;
    }

    int size() {
        return size;
    }

    /** The one to be admitted first, or null. */
    Sequence first() {
        return size == 0 ? null : heap[0];
    }

    void add(Sequence sequence) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        SequenceState.of(sequence).queue = this;
        place(sequence, size++);
        up(size - 1);
    }

    void remove(Sequence sequence) {
        int at = SequenceState.of(sequence).place;
        if (at == SequenceState.NOT_WAITING) {
            return;
        }
        SequenceState.of(sequence).place = SequenceState.NOT_WAITING;
        SequenceState.of(sequence).queue = null;
        Sequence last = heap[--size];
        heap[size] = null;
        if (at < size) {
            place(last, at);
            up(at);
            down(SequenceState.of(last).place);
        }
    }

    private void up(int from) {
        int at = from;
        Sequence moving = heap[at];
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!before(moving, heap[parent])) {
                break;
            }
            place(heap[parent], at);
            at = parent;
        }
        place(moving, at);
    }

    private void down(int from) {
        int at = from;
        Sequence moving = heap[at];
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], moving)) {
                break;
            }
            place(heap[child], at);
            at = child;
        }
        place(moving, at);
    }

    private void place(Sequence sequence, int at) {
        heap[at] = sequence;
        SequenceState.of(sequence).place = at;
    }

    private boolean before(Sequence a, Sequence b) {
        int order = policy.compare(a, b);
        return order < 0 || (order == 0 && a.arrival() < b.arrival());
    }
}
