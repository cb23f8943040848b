package dev.tokamak.libtorch.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Page-locked host memory, seen as integers. */
final class PinnedInts implements AutoCloseable {
    final Pointer memory = new Pointer();
    final IntBuffer ints;

    PinnedInts(int count) {
        CudaContext.check(cudart.cudaHostAlloc(memory, 4L * count, 0), "allocate pinned memory");
        ByteBuffer bytes = new BytePointer(memory).capacity(4L * count).asByteBuffer();
        ints = bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    }

    int capacity() {
        return ints.capacity();
    }

    /** Where an integer lies. */
    Pointer at(int index) {
        return new BytePointer(memory).position(4L * index);
    }

    @Override
    public void close() {
        cudart.cudaFreeHost(memory);
    }
}
