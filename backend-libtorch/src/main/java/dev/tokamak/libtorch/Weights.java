package dev.tokamak.libtorch;

import org.bytedeco.pytorch.Tensor;

/** Where a model's weights come from, by name. */
interface Weights extends AutoCloseable {
    /**
     * A weight in the type it is stored in, on the host or where it will be used.
     *
     * @param name as in the checkpoint
     * @param shape what it must be
     * @return a new tensor, owned by the caller; it may be read-only memory of a file
     * @throws dev.tokamak.api.TokamakException if it is missing or of another shape
     */
    Tensor tensor(String name, long... shape);

    /** Lets go of the files. Tensors that were handed out stay valid. */
    @Override
    void close();
}
