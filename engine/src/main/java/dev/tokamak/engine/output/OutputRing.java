package dev.tokamak.engine.output;

import java.util.concurrent.locks.LockSupport;

/**
 * Hands batches from the engine thread to the output thread.
 *
 * <p><b>Implementation notes.</b> A ring with one producer and one consumer (Lamport, "Proving the Correctness of Multiprocess
 * Programs", 1977). Each side owns one of two growing counters and reads the other's; both are volatile, because a side that
 * is about to sleep must not miss the other's last step: it announces that it sleeps, then looks again (Dekker's pattern
 * needs sequential consistency). Batches are reused, so a step costs no allocation. If the output thread falls a whole ring
 * behind, the engine thread waits for it: the alternative is memory without bound.
 */
public final class OutputRing {
    private final OutputBatch[] batches;
    private volatile long published;
    private volatile long consumed;
    private volatile Thread sleepingConsumer;
    private volatile Thread waitingProducer;
    private volatile boolean closed;

    /**
     * A ring.
     *
     * @param size how many batches may be under way; a power of two
     */
    public OutputRing(int size) {
        batches = new OutputBatch[size];
        for (int i = 0; i < size; i++) {
            batches[i] = new OutputBatch();
        }
    }

    /** Engine thread: the batch to fill, empty unless it was filled before and not published. Waits while all are under way. */
    public OutputBatch current() {
        while (published - consumed == batches.length) {
            waitingProducer = Thread.currentThread();
            if (published - consumed == batches.length) {
                LockSupport.park(this);
            }
            waitingProducer = null;
        }
        return batches[(int) published & (batches.length - 1)];
    }

    /** Engine thread: hands over the current batch. */
    public void publish() {
        published = published + 1;
        Thread consumer = sleepingConsumer;
        if (consumer != null) {
            LockSupport.unpark(consumer);
        }
    }

    /** Engine thread: nothing will be published any more. */
    public void close() {
        closed = true;
        LockSupport.unpark(sleepingConsumer);
    }

    /** Output thread: waits for the next batch. Returns null at the end. */
    public OutputBatch take() {
        while (published == consumed) {
            if (closed && published == consumed) {
                return null;
            }
            sleepingConsumer = Thread.currentThread();
            if (published == consumed && !closed) {
                LockSupport.park(this);
            }
            sleepingConsumer = null;
        }
        return batches[(int) consumed & (batches.length - 1)];
    }

    /** Output thread: the batch taken last was read and may be filled anew. */
    public void release() {
        batches[(int) consumed & (batches.length - 1)].clear();
        consumed = consumed + 1;
        Thread producer = waitingProducer;
        if (producer != null) {
            LockSupport.unpark(producer);
        }
    }
}
