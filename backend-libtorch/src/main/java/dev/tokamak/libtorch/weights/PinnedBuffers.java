package dev.tokamak.libtorch.weights;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.cuda.CudaContext;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.nio.ByteBuffer;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Page-locked buffers, which a CUDA device reads by itself. Copies run on the stream that was current when the buffers were made, so
 * that what is enqueued there afterwards sees what they brought.
 */
public final class PinnedBuffers implements StagingBuffers {
    private static final int COUNT = 16;
    private static final int CAPACITY = 4 << 20;

    private final CUDAStream stream;
    private final CUstream_st handle;
    private final Pointer memory = new Pointer();
    private final ByteBuffer all;
    private final CUevent_st[] sent = new CUevent_st[COUNT];

    /** On the calling thread's current device, which must be the one given. */
    PinnedBuffers(ComputeDevice device) {
        stream = torch_cuda.getCurrentCUDAStream(device.device().index());
        handle = stream.stream();
        int result = cudart.cudaHostAlloc(memory, (long) COUNT * CAPACITY, cudart.cudaHostAllocDefault);
        if (result != cudart.cudaSuccess) {
            stream.close();
            throw TokamakException.configuration("cannot lock " + (COUNT * (CAPACITY >> 20))
                    + " MiB of host memory for the way to the device: "
                    + cudart.cudaGetErrorString(result).getString());
        }
        all = new BytePointer(memory).capacity((long) COUNT * CAPACITY).asByteBuffer();
        for (int i = 0; i < COUNT; i++) {
            sent[i] = new CUevent_st();
            CudaContext.check(
                    cudart.cudaEventCreateWithFlags(sent[i], cudart.cudaEventDisableTiming), "create an event");
        }
    }

    @Override
    public int count() {
        return COUNT;
    }

    @Override
    public int capacity() {
        return CAPACITY;
    }

    @Override
    public ByteBuffer memory(int buffer) {
        return all.slice(buffer * CAPACITY, CAPACITY);
    }

    @Override
    public void send(int buffer, int bytes, Pointer target, long offset) {
        Pointer from = new BytePointer(memory).position((long) buffer * CAPACITY);
        Pointer to = new BytePointer(target).position(offset);
        CudaContext.check(
                cudart.cudaMemcpyAsync(to, from, bytes, cudart.cudaMemcpyHostToDevice, handle),
                "copy weights to the device");
        CudaContext.check(cudart.cudaEventRecord(sent[buffer], handle), "record an event");
    }

    @Override
    public void awaitSent(int buffer) {
        CudaContext.check(cudart.cudaEventSynchronize(sent[buffer]), "wait for weights");
    }

    @Override
    public void close() {
        try {
            CudaContext.check(cudart.cudaStreamSynchronize(handle), "wait for weights");
        } finally {
            for (CUevent_st event : sent) {
                cudart.cudaEventDestroy(event);
            }
            cudart.cudaFreeHost(memory);
            stream.close();
        }
    }
}
