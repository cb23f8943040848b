package dev.tokamak.libtorch.operators;

import org.bytedeco.pytorch.Tensor;

/** Weights that are each packed for themselves, so that a product reads those of the experts it touches and no other. */
final class LinearArray implements LinearStack {
    private final Linear[] weights;
    private final StackedWeights.Packing packing;

    LinearArray(int count, StackedWeights.Packing packing) {
        this.weights = new Linear[count];
        this.packing = packing;
    }

    @Override
    public int count() {
        return weights.length;
    }

    @Override
    public void put(int index, Tensor weight, Tensor bias) {
        weights[index] = packing.pack(weight, bias);
    }

    @Override
    public Linear get(int index) {
        return weights[index];
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (Linear weight : weights) {
            bytes += weight.bytes();
        }
        return bytes;
    }

    @Override
    public void close() {
        for (Linear weight : weights) {
            if (weight != null) {
                weight.close();
            }
        }
    }
}
