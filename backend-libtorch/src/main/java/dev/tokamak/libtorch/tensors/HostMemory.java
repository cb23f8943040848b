package dev.tokamak.libtorch.tensors;

import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Memory of the host. */
public final class HostMemory {
    private HostMemory() {}

    /**
     * Zeros that the system hands out page by page as they are touched, so that a large cache costs what is used of it.
     *
     * @param type of the elements
     * @param shape of the tensor
     * @return a tensor to be given to {@link #free}, not closed
     */
    public static Tensor lazyZeros(TensorType type, long... shape) {
        long bytes = type.bytes();
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        Pointer memory = Pointer.calloc(1, bytes);
        if (memory == null || memory.isNull()) {
            throw new OutOfMemoryError(bytes + " bytes of host memory");
        }
        try (TensorOptions options = new TensorOptions(type.scalarType())) {
            return torch.from_blob(memory, shape, options);
        }
    }

    /** Closes a tensor of {@link #lazyZeros} and frees its memory. */
    public static void free(Tensor tensor) {
        Pointer memory = tensor.data_ptr();
        tensor.close();
        Pointer.free(memory);
    }

    /**
     * Refuses to take more than there is: the system would grant it, and end the process when it is used.
     *
     * @param bytes that are going to be taken
     * @param what for, beginning the message
     */
    public static void require(long bytes, String what) {
        require(bytes, available(), what);
    }

    /** As {@link #require(long, String)}, of memory of which so many bytes are available. */
    public static void require(long bytes, long available, String what) {
        if (bytes > available) {
            throw TokamakException.configuration(what + " needs " + ((bytes + (1 << 20) - 1) >> 20)
                    + " MiB of memory, and " + (available >> 20) + " MiB are available");
        }
    }

    /**
     * How much could be taken without swapping, by {@code /proc/meminfo}.
     *
     * @return in bytes; 1 GiB where the system does not say
     */
    public static long available() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            // The cautious guess below.
        }
        return 1L << 30;
    }
}
