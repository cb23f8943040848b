package dev.tokamak.libtorch.step;

import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.sampling.Logprobs;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.StepPlan;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Log probabilities of tokens that are known to follow a step's tokens.
 *
 * <p>Implementation notes. A prompt has a row of logits for each of its positions, thousands of times the vocabulary: they are made
 * some at a time, in a scope of their own, so that the memory that they take does not depend on the prompt.
 */
final class StepScores {
    /** Logits that are made at once. */
    private static final long LOGITS_AT_ONCE = 1L << 24;

    private final ComputeDevice device;
    private final Transformer model;
    private final Operators operators;
    private final Logprobs logprobs;

    StepScores(ComputeDevice device, Transformer model, Operators operators) {
        this.device = device;
        this.model = model;
        this.operators = operators;
        this.logprobs = new Logprobs(device);
    }

    /**
     * Adds what a plan's scored positions yield.
     *
     * @param plan with scored positions
     * @param stream behind the last block, {@code [tokens, hidden]}
     * @param into what takes it
     */
    void add(StepPlan plan, Tensor stream, SampledStep into) {
        int count = plan.scoredPositions();
        long[] tokens = new long[count];
        long[] following = new long[count];
        int[] top = new int[count];
        int at = 0;
        for (int row = 0; row < plan.rows(); row++) {
            for (int i = 0; i < plan.scoredCount(row); i++) {
                tokens[at] = plan.tokenOffset(row) + (long) plan.scoredFrom(row) + i;
                following[at] = plan.scoredToken(row, i);
                top[at++] = plan.scoredTop(row);
            }
        }
        LogprobTable table = new LogprobTable(count);
        Tensor index = device.upload(tokens, count);
        Tensor known = device.upload(following, count);
        int most = (int) Math.max(1, LOGITS_AT_ONCE / model.vocabulary());
        for (int from = 0; from < count; from += most) {
            int first = from;
            int length = Math.min(most, count - from);
            PointerScope scope = new PointerScope();
            try {
                Tensor rows = torch.index_select(stream, 0, index.narrow(0, from, length));
                Tensor logits = model.logitsOf(rows, operators);
                Tensor raw = torch.log_softmax(logits.to(ScalarType.Float), 1);
                logprobs.read(raw, known.narrow(0, from, length), i -> top[first + i], i -> first + i, table);
            } finally {
                scope.close();
            }
        }
        into.setScores(table);
    }
}
