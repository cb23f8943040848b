package dev.tokamak.libtorch.weights;

import dev.tokamak.libtorch.tensors.TensorType;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Random weights of a configuration, made on the device, for benchmarks. Norms are 1, all else is normal with 0.02. */
public final class DummyWeights implements Weights {
    private final TensorType type;

    public DummyWeights(TensorType type) {
        this.type = type;
    }

    @Override
    public void findBy(String sure) {}

    @Override
    public TensorType type(String name) {
        return type;
    }

    @Override
    public boolean has(String name) {
        return false;
    }

    @Override
    public boolean same(String one, String other) {
        return false;
    }

    @Override
    public void require(String name, long... shape) {}

    @Override
    public void refuseUnread(Predicate<String> denied) {}

    @Override
    public void copy(String name, long[] shape, Tensor target) {
        boolean norm = name.endsWith("norm.weight");
        try (Scalar scale = new Scalar(norm ? 1 : 0.02)) {
            if (norm) {
                target.fill_(scale);
            } else {
                target.normal_().mul_(scale);
            }
        }
    }

    @Override
    public void copyPart(String name, long[] shape, int index, Tensor target) {
        copy(name, shape, target);
    }

    @Override
    public void close() {}
}
