package dev.tokamak.libtorch.weights;

import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of a checkpoint, and of folders within it that hold what stands behind the transformer: a name with a folder in front, as
 * {@code 2_Dense/linear.weight}, is that folder's.
 */
public final class ModuleWeights implements Weights {
    private final Weights main;
    private final Function<String, Weights> opening;
    private final Map<String, Weights> modules = new HashMap<>();

    private ModuleWeights(Weights main, Function<String, Weights> opening) {
        this.main = main;
        this.opening = opening;
    }

    /**
     * Opens a checkpoint. A folder within it is opened when the first of its weights is asked for.
     *
     * @param folder of the checkpoint
     * @param device that the weights are for
     * @return owned by the caller
     * @throws dev.tokamak.api.TokamakException as {@link Checkpoint#open}
     */
    public static ModuleWeights open(Path folder, ComputeDevice device) {
        return new ModuleWeights(
                Checkpoint.open(folder, TensorReader.onto(device)),
                module -> Checkpoint.open(folder.resolve(module), TensorReader.onto(device)));
    }

    private Weights holder(String name) {
        int end = name.lastIndexOf('/');
        return end < 0 ? main : modules.computeIfAbsent(name.substring(0, end), opening);
    }

    private static String inner(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    @Override
    public TensorType type(String name) {
        return holder(name).type(inner(name));
    }

    @Override
    public void findBy(String sure) {
        main.findBy(sure);
    }

    @Override
    public boolean has(String name) {
        return holder(name).has(inner(name));
    }

    @Override
    public boolean same(String one, String other) {
        return main.same(one, other);
    }

    @Override
    public void require(String name, long... shape) {
        holder(name).require(inner(name), shape);
    }

    @Override
    public void refuseUnread(Predicate<String> denied) {
        main.refuseUnread(denied);
        modules.values().forEach(module -> module.refuseUnread(denied));
    }

    @Override
    public void copy(String name, long[] shape, Tensor target) {
        holder(name).copy(inner(name), shape, target);
    }

    @Override
    public void copyPart(String name, long[] shape, int index, Tensor target) {
        holder(name).copyPart(inner(name), shape, index, target);
    }

    @Override
    public void close() {
        main.close();
        modules.values().forEach(Weights::close);
    }
}
