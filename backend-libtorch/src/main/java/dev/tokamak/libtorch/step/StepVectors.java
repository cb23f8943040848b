package dev.tokamak.libtorch.step;

import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.operators.PoolingMode;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Makes the vectors that a step's rows ask for, and brings them to the host. Rows with the same pooling are pooled together; what a
 * request may choose about its own vector, its first numbers and unit length, is computed on the host.
 */
final class StepVectors {
    /** What a vector's length is at least when it is divided by it. */
    private static final double LEAST_LENGTH = 1e-12;

    private final ComputeDevice device;
    private final Transformer model;
    private final Operators operators;

    StepVectors(ComputeDevice device, Transformer model, Operators operators) {
        this.device = device;
        this.model = model;
        this.operators = operators;
    }

    /**
     * Adds the vectors of all rows that are pooled in a step.
     *
     * @param plan of the step
     * @param states of its tokens behind the last norm, {@code [tokens, hidden]}
     * @param into what takes them
     */
    void add(StepPlan plan, Tensor states, SampledStep into) {
        for (Pooling.Kind kind : Pooling.Kind.values()) {
            int[] rows = IntStream.range(0, plan.rows())
                    .filter(row -> plan.has(row, StepPlan.FLAG_POOL)
                            && plan.pooling(row).kind() == kind)
                    .toArray();
            if (kind == Pooling.Kind.ALL) {
                for (int row : rows) {
                    Tensor own = states.narrow(0, plan.tokenOffset(row), plan.tokenCount(row));
                    put(plan, new int[] {row}, own.to(ScalarType.Float), plan.tokenCount(row), into);
                }
            } else if (rows.length > 0) {
                put(plan, rows, pooled(states, kind, rows), 1, into);
            }
        }
    }

    private Tensor pooled(Tensor states, Pooling.Kind kind, int[] rows) {
        return switch (kind) {
            case LAST -> operators.pooled(states, PoolingMode.LAST, rows);
            case MEAN -> operators.pooled(states, PoolingMode.MEAN, rows);
            case CLS -> operators.pooled(states, PoolingMode.FIRST, rows);
            default -> model.pooler().run(states, rows, operators);
        };
    }

    /** Each of the rows has as many of the vectors. */
    private void put(StepPlan plan, int[] rows, Tensor vectors, int each, SampledStep into) {
        int width = (int) vectors.size(1);
        float[] all = new float[(int) vectors.numel()];
        device.download(vectors.contiguous(), all, all.length);
        for (int i = 0; i < rows.length; i++) {
            Pooling pooling = plan.pooling(rows[i]);
            int kept = pooling.dimensions() == 0 ? width : Math.min(width, pooling.dimensions());
            float[] own = new float[each * kept];
            boolean numbers = true;
            for (int j = 0; j < each; j++) {
                int from = (i * each + j) * width;
                numbers &= copy(all, from, own, j * kept, kept, pooling.normalised());
            }
            into.setVectors(plan, rows[i], numbers ? own : null, kept);
        }
    }

    /** Returns whether all are numbers. */
    private static boolean copy(float[] from, int at, float[] into, int to, int count, boolean normalised) {
        double squares = 0;
        for (int i = 0; i < count; i++) {
            squares += (double) from[at + i] * from[at + i];
        }
        double length = normalised ? Math.max(LEAST_LENGTH, Math.sqrt(squares)) : 1;
        for (int i = 0; i < count; i++) {
            into[to + i] = (float) (from[at + i] / length);
        }
        return Double.isFinite(squares);
    }
}
