package dev.tokamak.libtorch.weights;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.Pointer;

/** Buffers on the host, and the way from them to memory elsewhere. Used by one thread, except that any may fill a buffer. */
public interface StagingBuffers extends AutoCloseable {
    /** How many there are. */
    int count();

    /** How many bytes each holds. */
    int capacity();

    /**
     * A buffer's memory.
     *
     * @param buffer from 0
     * @return a new view of all of it
     */
    ByteBuffer memory(int buffer);

    /**
     * Begins to copy what was put in a buffer; copies end in the order in which they were begun.
     *
     * @param buffer from 0
     * @param bytes how many of its first ones
     * @param target the memory to copy to
     * @param offset of the first byte in it
     */
    void send(int buffer, int bytes, Pointer target, long offset);

    /**
     * Waits until a buffer's last copy has ended.
     *
     * @param buffer from 0
     */
    void awaitSent(int buffer);

    /** Waits for all copies and frees the buffers. */
    @Override
    void close();
}
