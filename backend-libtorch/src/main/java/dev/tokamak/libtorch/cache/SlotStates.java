package dev.tokamak.libtorch.cache;

import dev.tokamak.libtorch.operators.RecurrentStates;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** The memory of recurrent states: one tensor a layer, owned here. */
public final class SlotStates implements RecurrentStates, AutoCloseable {
    private final Tensor[] layers;

    /**
     * @param device of the model
     * @param shapes of one sequence's state in each layer
     * @param slots how many sequences run at most
     */
    public SlotStates(ComputeDevice device, List<long[]> shapes, int slots) {
        layers = new Tensor[shapes.size()];
        try {
            for (int i = 0; i < layers.length; i++) {
                layers[i] = device.zerosCompute(LongStream.concat(LongStream.of(slots), LongStream.of(shapes.get(i)))
                        .toArray());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Elements of one sequence's states in all layers. */
    public static long elements(List<long[]> shapes) {
        return shapes.stream()
                .mapToLong(shape -> LongStream.of(shape).reduce(1, Math::multiplyExact))
                .sum();
    }

    @Override
    public Tensor state(int index) {
        return layers[index];
    }

    @Override
    public void close() {
        for (Tensor layer : layers) {
            if (layer != null) {
                layer.close();
            }
        }
    }
}
