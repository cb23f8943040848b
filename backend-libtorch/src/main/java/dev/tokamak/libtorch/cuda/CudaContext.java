package dev.tokamak.libtorch.cuda;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * One CUDA device with one stream for everything. libtorch's current stream and inference mode belong to a thread;
 * {@link #enter} sets them on whichever thread makes the next calls.
 */
public final class CudaContext implements AutoCloseable {
    /** Driver versions are a thousand times major plus ten times minor. */
    private static final int OLDEST_DRIVER = 13000;

    private final int index;
    private final CUDAStream stream;
    private final CUstream_st handle;
    private Thread entered;
    private InferenceMode inferenceMode;

    private CudaContext(int index) {
        this.index = index;
        this.stream = torch_cuda.getStreamFromPool(true, (byte) index);
        this.handle = stream.stream();
    }

    /**
     * Whether the configuration means a CUDA device: {@code cuda}, {@code cuda:INDEX}, or {@code auto} where there is one.
     *
     * @param name of {@code --device}
     * @return true if so
     * @throws TokamakException if the name is none
     */
    public static boolean wanted(String name) {
        if (name.equals("cpu")) {
            return false;
        }
        if (name.equals("auto")) {
            return nativesShipped() && loadNatives() == null && deviceCount() > 0;
        }
        if (name.equals("cuda") || name.matches("cuda:\\d{1,3}")) {
            return true;
        }
        throw TokamakException.configuration(
                "--device " + name + " is unknown; known are auto, cpu, cuda and cuda:INDEX");
    }

    /**
     * Opens a device.
     *
     * @param name of {@code --device}
     * @return a context, owned by the caller
     * @throws TokamakException if there are no natives, no driver, or no such device; it says which
     */
    public static CudaContext open(String name) {
        if (!nativesShipped()) {
            throw TokamakException.configuration("--device " + name
                    + " needs libtorch's CUDA natives: use the tokamak-cuda distribution, or --device cpu");
        }
        LinkageError failure = loadNatives();
        if (failure != null) {
            throw TokamakException.configuration("--device " + name + ": libtorch's CUDA natives do not load ("
                    + failure.getMessage()
                    + "); CUDA 13's libraries, cuDNN and NCCL have to be in /usr/local/cuda/lib64 or on"
                    + " LD_LIBRARY_PATH");
        }
        int driver = driverVersion();
        if (driver == 0) {
            throw TokamakException.configuration("--device " + name + ": no NVIDIA driver is installed");
        }
        if (driver < OLDEST_DRIVER) {
            throw TokamakException.configuration(
                    "--device " + name + ": the NVIDIA driver supports CUDA " + driver / 1000
                            + "." + driver % 1000 / 10 + ", and CUDA " + OLDEST_DRIVER / 1000
                            + " is needed; install driver 580 or later");
        }
        int count = deviceCount();
        int index = name.contains(":") ? Integer.parseInt(name.substring(name.indexOf(':') + 1)) : 0;
        if (index >= count) {
            throw TokamakException.configuration(
                    "--device " + name + ": there are " + count + " CUDA devices, counted from 0");
        }
        CudaContext context = new CudaContext(index);
        context.enter();
        return context;
    }

    /** The natives with CUDA are another jar than those without. */
    private static boolean nativesShipped() {
        String library = "/org/bytedeco/pytorch/linux-x86_64-gpu/libjnitorch_cuda.so";
        return Boolean.getBoolean("org.bytedeco.javacpp.pathsFirst") || torch.class.getResource(library) != null;
    }

    /** Loads the natives; null, or what failed. */
    private static LinkageError loadNatives() {
        try {
            Loader.load(torch.class);
            Loader.load(torch_cuda.class);
            Loader.load(cudart.class);
            return null;
        } catch (LinkageError e) {
            return e;
        }
    }

    private static int driverVersion() {
        int[] version = new int[1];
        return cudart.cudaDriverGetVersion(version) == cudart.cudaSuccess ? version[0] : 0;
    }

    private static int deviceCount() {
        return Math.max(0, torch_cuda.device_count());
    }

    /** Makes this context current on the calling thread. Cheap if it is. */
    public void enter() {
        if (entered != Thread.currentThread()) {
            // What another thread entered stays with that thread, which makes no further calls.
            entered = Thread.currentThread();
            check(cudart.cudaSetDevice(index), "select device " + index);
            torch_cuda.setCurrentCUDAStream(stream);
            inferenceMode = new InferenceMode(true);
        }
    }

    public int index() {
        return index;
    }

    public CUstream_st stream() {
        return handle;
    }

    int attribute(int attribute) {
        try (IntPointer value = new IntPointer(1)) {
            check(cudart.cudaDeviceGetAttribute(value, attribute, index), "read a device attribute");
            return value.get();
        }
    }

    /** Ten times major plus minor. */
    public int computeCapability() {
        return 10 * attribute(cudart.cudaDevAttrComputeCapabilityMajor)
                + attribute(cudart.cudaDevAttrComputeCapabilityMinor);
    }

    public int multiprocessors() {
        return attribute(cudart.cudaDevAttrMultiProcessorCount);
    }

    /** Bytes of shared memory that a block can have. */
    public int sharedMemory() {
        return attribute(cudart.cudaDevAttrMaxSharedMemoryPerBlockOptin);
    }

    /** Free and total memory, in bytes, of the device that is current on the calling thread. */
    public static long[] memory() {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            check(cudart.cudaMemGetInfo(free, total), "read the free memory");
            return new long[] {free.get(), total.get()};
        }
    }

    /** Gives memory that libtorch keeps for later back to the device. */
    public void releaseCached() {
        torch_cuda.getAllocator().emptyCache();
    }

    void copyAsync(Pointer to, Pointer from, long bytes) {
        check(cudart.cudaMemcpyAsync(to, from, bytes, cudart.cudaMemcpyDefault, handle), "copy");
    }

    CUevent_st newEvent() {
        CUevent_st event = new CUevent_st();
        check(cudart.cudaEventCreateWithFlags(event, cudart.cudaEventDisableTiming), "create an event");
        return event;
    }

    void record(CUevent_st event) {
        check(cudart.cudaEventRecord(event, handle), "record an event");
    }

    void await(CUevent_st event) {
        check(cudart.cudaEventSynchronize(event), "wait for a step");
    }

    public void synchronize() {
        check(cudart.cudaStreamSynchronize(handle), "wait for the device");
    }

    /**
     * Checks a result of the CUDA runtime.
     *
     * @param result a {@code cudaError_t}
     * @param what what was tried
     */
    public static void check(int result, String what) {
        if (result != cudart.cudaSuccess) {
            throw new TokamakException(
                    ErrorCode.STEP_FAILED,
                    "CUDA: " + what + ": " + cudart.cudaGetErrorString(result).getString());
        }
    }

    @Override
    public void close() {
        synchronize();
        if (inferenceMode != null && entered == Thread.currentThread()) {
            inferenceMode.close();
        }
        stream.close();
    }
}
