package dev.tokamak.libtorch.weights;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Buffers that are copied to memory of the host: at once, or each copy as late as its contract allows, so that what is written to a
 * buffer too early is seen in what arrives.
 */
final class HostBuffers implements StagingBuffers {
    private final ByteBuffer[] memory;
    private final int capacity;
    private final boolean atOnce;
    private final ArrayDeque<Copy> underWay = new ArrayDeque<>();
    boolean closed;

    private record Copy(int buffer, int bytes, Pointer target, long offset) {}

    HostBuffers(int count, int capacity, boolean atOnce) {
        this.atOnce = atOnce;
        this.memory = new ByteBuffer[count];
        this.capacity = capacity;
        for (int i = 0; i < count; i++) {
            memory[i] = ByteBuffer.allocateDirect(capacity);
        }
    }

    @Override
    public int count() {
        return memory.length;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public ByteBuffer memory(int buffer) {
        return memory[buffer].duplicate();
    }

    @Override
    public void send(int buffer, int bytes, Pointer target, long offset) {
        underWay.add(new Copy(buffer, bytes, target, offset));
        if (atOnce) {
            synchronize();
        }
    }

    @Override
    public void awaitSent(int buffer) {
        while (underWay.stream().anyMatch(copy -> copy.buffer() == buffer)) {
            end(underWay.remove());
        }
    }

    /** Ends all copies, as waiting for a device does. */
    void synchronize() {
        while (!underWay.isEmpty()) {
            end(underWay.remove());
        }
    }

    private void end(Copy copy) {
        Pointer to = new BytePointer(copy.target()).position(copy.offset());
        Pointer.memcpy(to, new BytePointer(memory[copy.buffer()]), copy.bytes());
    }

    @Override
    public void close() {
        synchronize();
        closed = true;
    }
}
