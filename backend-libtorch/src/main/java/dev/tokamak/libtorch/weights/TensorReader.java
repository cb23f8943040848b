package dev.tokamak.libtorch.weights;

import dev.tokamak.libtorch.tensors.ComputeDevice;
import org.bytedeco.pytorch.Tensor;

/** Brings tensors from files to where they are used. Used by one thread. */
public interface TensorReader extends AutoCloseable {
    /**
     * Copies a tensor.
     *
     * @param file that holds it
     * @param entry which one
     * @param target of as many elements, in the same order, of any type and shape; it may be a view with gaps
     * @throws dev.tokamak.api.TokamakException if the file cannot be read
     */
    void read(SafetensorsFile file, SafetensorsFile.Entry entry, Tensor target);

    @Override
    void close();

    /** The reader that is fast for a device. */
    static TensorReader onto(ComputeDevice device) {
        return device.cpu() ? new MappedReader() : new StreamedReader(new WeightStream(new PinnedBuffers(device)));
    }
}
