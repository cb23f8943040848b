package dev.tokamak.libtorch.cpu;

import org.bytedeco.pytorch.global.torch;

/**
 * How many threads the next operator computes with: one, or all that libtorch was given. Used on the tensor thread only.
 *
 * <p>Implementation notes. Threads that wait passively are woken for each parallel operator, and the operator ends when the
 * slowest of them does. Where that takes some 50 microseconds, as on a virtual machine, the five parallel operators of a small
 * layer cost more than all that they compute. So each of them says how long one thread would take, and the others are woken only if
 * they save more than they cost. Elementwise operators need not ask: ATen splits those only above 32,768 elements.
 *
 * <p>Setting the number costs a tenth of a microsecond. Any number between one and all would make OpenMP end and start threads
 * as it changes.
 */
public final class ComputeThreads {
    /** What an operator must take on one thread before others are woken. */
    private static final double WORTH_WAKING_NANOS = 150_000;

    /** Read before any executor of the process chooses. */
    private static final int ALL = torch.get_num_threads();

    private int current;

    /**
     * Chooses the threads for what comes next.
     *
     * @param nanos that it takes on one thread, roughly
     */
    void choose(double nanos) {
        int wanted = nanos < WORTH_WAKING_NANOS ? 1 : ALL;
        if (wanted != current) {
            torch.set_num_threads(wanted);
            current = wanted;
        }
    }

    /** Lets everything use all threads again. */
    void restore() {
        choose(Double.POSITIVE_INFINITY);
    }
}
