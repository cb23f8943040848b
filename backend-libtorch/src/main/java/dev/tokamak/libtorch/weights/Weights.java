package dev.tokamak.libtorch.weights;

import dev.tokamak.libtorch.tensors.TensorType;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;

/** Where a model's weights come from, by name. */
public interface Weights extends AutoCloseable {
    /**
     * Finds out what the tensors are called in the files, by one that every file of the model has. The methods below take the model's
     * own names from then on.
     *
     * @param sure the model's name of it
     */
    void findBy(String sure);

    /**
     * The type in which a weight is stored.
     *
     * @param name as in the checkpoint
     * @return its elements' type
     * @throws dev.tokamak.api.TokamakException if it is missing
     */
    TensorType type(String name);

    /** Whether there is a weight of this name. */
    boolean has(String name);

    /**
     * Whether two weights are the same, element by element as they are stored.
     *
     * @param one as in the checkpoint
     * @param other as in the checkpoint
     * @return true if types, shapes and elements agree
     */
    boolean same(String one, String other);

    /**
     * Makes sure that a weight can be read, before memory is taken for it.
     *
     * @param name as in the checkpoint
     * @param shape what the weight's must be
     * @throws dev.tokamak.api.TokamakException if it is missing, of another shape, or of a type that cannot be read
     */
    void require(String name, long... shape);

    /**
     * Refuses a checkpoint that holds more of a layer than was read of it: a bias, a norm or a scale left out changes every answer.
     *
     * @param denied the names of which the configuration says that they do not count
     * @throws dev.tokamak.api.TokamakException naming the first of them
     */
    void refuseUnread(Predicate<String> denied);

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

    /**
     * As {@link #copy}, of one of the equal parts that a weight's first dimension counts.
     *
     * @param name as in the checkpoint
     * @param shape what the whole weight's must be
     * @param index which part, from 0
     * @param target of as many elements as a part
     */
    void copyPart(String name, long[] shape, int index, Tensor target);

    /** Lets go of the files, when what was copied is there. */
    @Override
    void close();
}
