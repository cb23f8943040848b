package dev.tokamak.libtorch.step;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.operators.PoolingMode;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Makes the vectors that a step's rows ask for, and brings them to the host. Rows with the same pooling are pooled together; what a
 * request may choose about its own vector, its first numbers and unit length, is computed on the host. What a row leaves of a
 * prompt that is cut is kept in its slot.
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

    /** Whether a plan has rows of prompts that become vectors. */
    static boolean asks(StepPlan plan) {
        return IntStream.range(0, plan.rows()).anyMatch(row -> plan.pooling(row) != null);
    }

    /**
     * Adds the vectors of all rows that are pooled in a step, and keeps what others leave for later steps.
     *
     * @param plan of the step
     * @param stream behind the last block, {@code [tokens, hidden]}
     * @param slots of the plan, with what earlier steps have left
     * @param into what takes them
     */
    void add(StepPlan plan, Tensor stream, Slot[] slots, SampledStep into) {
        if (!plan.poolsSomething()) {
            return;
        }
        int[] asking = IntStream.range(0, plan.rows())
                .filter(row -> plan.pooling(row) != null)
                .toArray();
        Tensor states = model.normed(stream, operators);
        for (PoolingKind kind : PoolingKind.values()) {
            int[] rows = Arrays.stream(asking)
                    .filter(row -> plan.pooling(row).kind() == kind)
                    .filter(row -> plan.has(row, StepPlan.FLAG_POOL) && isWhole(plan, row))
                    .toArray();
            if (kind == PoolingKind.ALL) {
                for (int row : rows) {
                    Tensor own = states.narrow(0, plan.tokenOffset(row), plan.tokenCount(row));
                    put(plan, new int[] {row}, own.to(ScalarType.Float), plan.tokenCount(row), into);
                }
            } else if (rows.length > 0) {
                put(plan, rows, pooled(states, kind, rows), 1, into);
            }
        }
        for (int row : asking) {
            if (!isWhole(plan, row)) {
                addPart(plan, row, states, slots[plan.slot(row)].pooled(), into);
            }
        }
    }

    /** Whether the vector is made of this row alone. */
    private static boolean isWhole(StepPlan plan, int row) {
        PoolingKind kind = plan.pooling(row).kind();
        boolean ofTheLastTokens = kind == PoolingKind.LAST || kind == PoolingKind.HEAD;
        return ofTheLastTokens || plan.position(row) == 0 && plan.has(row, StepPlan.FLAG_POOL);
    }

    private void addPart(StepPlan plan, int row, Tensor states, PooledPrompt prompt, SampledStep into) {
        int count = plan.tokenCount(row);
        Tensor own = states.narrow(0, plan.tokenOffset(row), count).to(ScalarType.Float);
        switch (plan.pooling(row).kind()) {
            case CLS -> {
                if (plan.position(row) == 0) {
                    prompt.keep(own.narrow(0, 0, 1), device);
                }
            }
            case MEAN -> prompt.add(own, device);
            default -> prompt.keep(own, device);
        }
        if (plan.has(row, StepPlan.FLAG_POOL)) {
            float[] vectors = prompt.vectors();
            put(plan, new int[] {row}, vectors, (int) own.size(1), vectors.length / (int) own.size(1), into);
        }
    }

    private Tensor pooled(Tensor states, PoolingKind kind, int[] rows) {
        return switch (kind) {
            case LAST -> operators.pooled(states, PoolingMode.LAST, rows);
            case MEAN -> operators.pooled(states, PoolingMode.MEAN, rows);
            case CLS -> operators.pooled(states, PoolingMode.FIRST, rows);
            default -> model.pooler().run(states, rows, operators);
        };
    }

    /** Each of the rows has as many of the vectors. */
    private void put(StepPlan plan, int[] rows, Tensor vectors, int each, SampledStep into) {
        float[] all = new float[(int) vectors.numel()];
        device.download(vectors.contiguous(), all, all.length);
        put(plan, rows, all, (int) vectors.size(1), each, into);
    }

    private static void put(StepPlan plan, int[] rows, float[] all, int width, int each, SampledStep into) {
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
