package dev.tokamak.tck;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the {@link DeterministicExecutor} makes of a prompt's cells, which may come in several rows. */
final class DeterministicVectors {
    /** Numbers of a vector. */
    static final int SIZE = 8;

    private final List<double[]> tokens = new ArrayList<>();
    private int count;

    /** Takes a row's cells. */
    void add(PoolingKind kind, long[] state, int from, int end) {
        for (int i = from; i < end; i++) {
            double[] vector = hidden(state[i]);
            if (tokens.isEmpty() || kind == PoolingKind.ALL) {
                tokens.add(vector);
            } else if (kind == PoolingKind.LAST || kind == PoolingKind.HEAD) {
                tokens.set(0, vector);
            } else if (kind == PoolingKind.MEAN) {
                Arrays.setAll(tokens.get(0), d -> tokens.get(0)[d] + vector[d]);
            }
            count++;
        }
    }

    private static double[] hidden(long state) {
        double[] vector = new double[SIZE];
        Arrays.setAll(vector, d -> DeterministicExecutor.mix(state ^ d * 0x9e3779b97f4a7c15L) / 0x1p63);
        return vector;
    }

    /** Adds the vectors to a result. */
    void fill(Pooling pooling, int labels, StepResult into) {
        int size = pooling.kind() == PoolingKind.HEAD ? labels : SIZE;
        int width = pooling.dimensions() == 0 ? size : Math.min(size, pooling.dimensions());
        for (double[] vector : tokens) {
            double divisor = pooling.kind() == PoolingKind.MEAN ? count : 1;
            if (pooling.normalised()) {
                divisor = Math.sqrt(
                        Arrays.stream(vector, 0, width).map(v -> v * v).sum());
            }
            float[] values = new float[width];
            for (int d = 0; d < width; d++) {
                values[d] = (float) (vector[d] / divisor);
            }
            into.addVector(values, 0, width);
        }
    }
}
