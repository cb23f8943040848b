package dev.tokamak.libtorch.weights;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.tensors.TensorThread;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;

/**
 * Streams bytes to where they are used: some threads fill {@link StagingBuffers} in turns, while what was put in others is being
 * copied on. Used by one thread.
 *
 * <p>Implementation notes. A processor copies from the page cache at a few GB/s and a device takes tens of them, hence the threads. They read
 * straight into the buffers, with positional reads that do not share a position and, unlike a mapping, take no page faults; a file
 * that becomes shorter is an error of the read rather than a signal. Buffers are filled and sent in a ring, so the one that is to be
 * filled next is always the one whose copy was begun first. A copy call returns when its last bytes were sent, and the next call
 * fills behind it; small buffers keep the time short in which the last reader of one call works alone.
 */
public final class WeightStream implements AutoCloseable {
    private static final int MOST_READERS = 8;

    private final StagingBuffers buffers;
    private final ExecutorService readers;
    private final ArrayDeque<Filling> underWay = new ArrayDeque<>();
    private int next;

    /** What is streamed. */
    @FunctionalInterface
    interface Source {
        /**
         * Reads bytes. Called by several threads at once.
         *
         * @param offset of the first one
         * @param into filled up to its limit
         * @throws TokamakException if that is not possible
         */
        void read(long offset, ByteBuffer into);
    }

    /** A buffer that a thread fills. */
    private record Filling(int buffer, int bytes, Future<?> done) {}

    /** Takes over buffers. */
    WeightStream(StagingBuffers buffers) {
        this.buffers = buffers;
        int count = Math.min(MOST_READERS, Runtime.getRuntime().availableProcessors());
        this.readers = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "tokamak-weights");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Copies bytes. Returns when all were read and the copy of the last of them was begun.
     *
     * @param source of the bytes
     * @param bytes how many
     * @param target to begin at
     * @throws TokamakException what the source threw; or {@link ErrorCode#CONFIGURATION} if this thread is interrupted, which it
     *     then still is. Some of the bytes may have been copied
     */
    void copy(Source source, long bytes, Pointer target) {
        long asked = 0;
        long sent = 0;
        try {
            while (sent < bytes) {
                while (asked < bytes && underWay.size() < buffers.count()) {
                    asked += fill(source, asked, bytes - asked);
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw TokamakException.configuration("loading the weights was interrupted");
                }
                Filling oldest = underWay.remove();
                TensorThread.result(oldest.done(), ErrorCode.CONFIGURATION);
                buffers.send(oldest.buffer(), oldest.bytes(), target, sent);
                sent += oldest.bytes();
            }
        } finally {
            // After a failure: nobody writes to a buffer that is used again or freed.
            settle();
        }
    }

    private int fill(Source source, long offset, long most) {
        int buffer = next;
        next = (next + 1) % buffers.count();
        buffers.awaitSent(buffer);
        int bytes = (int) Math.min(buffers.capacity(), most);
        ByteBuffer memory = buffers.memory(buffer).limit(bytes);
        underWay.add(new Filling(buffer, bytes, readers.submit(() -> source.read(offset, memory))));
        return bytes;
    }

    private void settle() {
        while (!underWay.isEmpty()) {
            try {
                TensorThread.result(underWay.remove().done(), ErrorCode.CONFIGURATION);
            } catch (TokamakException e) {
                // The first failure is the one that is told.
            }
        }
    }

    /** Waits for what was sent, ends the threads and frees the buffers. */
    @Override
    public void close() {
        readers.shutdown();
        buffers.close();
    }
}
