package dev.tokamak.libtorch.operators;

import dev.tokamak.libtorch.tensors.ComputeDevice;
import org.bytedeco.pytorch.Tensor;

/** Weights in one tensor, for products that are told on the device which rows are whose. */
public final class StackedWeights implements LinearStack {
    private final Tensor weights;
    private final Tensor biases;
    private final Tensor numbers;
    private final LinearArray views;

    /** How a device packs a weight. */
    @FunctionalInterface
    public interface Packing {
        Linear pack(Tensor weight, Tensor bias);
    }

    /**
     * @param device where they lie, in its compute type
     * @param count how many weights
     * @param out rows of each
     * @param in columns of each
     * @param biased whether they have biases
     * @param packing of the views that {@link #get} gives
     */
    public StackedWeights(ComputeDevice device, int count, int out, int in, boolean biased, Packing packing) {
        weights = device.emptyCompute(count, out, in);
        biases = biased ? device.emptyCompute(count, out) : null;
        long[] all = new long[count];
        for (int i = 0; i < count; i++) {
            all[i] = i;
        }
        numbers = device.upload(all, count);
        views = new LinearArray(count, packing);
    }

    @Override
    public int count() {
        return views.count();
    }

    @Override
    public void put(int index, Tensor weight, Tensor bias) {
        try (Tensor place = weights.select(0, index);
                Tensor biasPlace = bias == null ? null : biases.select(0, index)) {
            place.copy_(weight);
            if (bias != null) {
                biasPlace.copy_(bias);
            }
            views.put(index, place, biasPlace);
        }
    }

    @Override
    public Linear get(int index) {
        return views.get(index);
    }

    /** All weights, {@code [count, out, in]}; owned by the stack. */
    public Tensor weights() {
        return weights;
    }

    /** All biases, {@code [count, out]}, or null; owned by the stack. */
    public Tensor biases() {
        return biases;
    }

    /** From 0 to the last, int64 {@code [count]}. */
    Tensor numbers() {
        return numbers;
    }

    @Override
    public long bytes() {
        return weights.nbytes() + (biases == null ? 0 : biases.nbytes());
    }

    @Override
    public void close() {
        views.close();
        weights.close();
        numbers.close();
        if (biases != null) {
            biases.close();
        }
    }
}
