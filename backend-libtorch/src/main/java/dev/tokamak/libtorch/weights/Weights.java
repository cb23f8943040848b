package dev.tokamak.libtorch.weights;

import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.pytorch.Tensor;

/** Where a model's weights come from, by name. */
public interface Weights extends AutoCloseable {
    /**
     * The type in which a weight is stored.
     *
     * @param name as in the checkpoint
     * @return its elements' type
     * @throws dev.tokamak.api.TokamakException if it is missing
     */
    TensorType type(String name);

    /**
     * Copies a weight to where it is used. On a CUDA device the copy may still be under way afterwards; it is in the order of the
     * current stream.
     *
     * @param name as in the checkpoint
     * @param shape what the weight's must be
     * @param target of as many elements, in the same order, of any type and shape; it may be a view with gaps
     * @throws dev.tokamak.api.TokamakException if it is missing, of another shape, or cannot be read
     */
    void copy(String name, long[] shape, Tensor target);

    /** Lets go of the files, when what was copied is there. */
    @Override
    void close();
}
