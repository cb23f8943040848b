package dev.tokamak.libtorch.sampling;

import dev.tokamak.libtorch.operators.DrawInputs;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Draws tokens from logits in plain ATen.
 *
 * <p>Implementation notes. Greedy rows take the largest logit. Rows with neither top-k nor top-p sum probability over the whole
 * vocabulary in token order. The others never sort the vocabulary: they take the largest few logits, {@value #CANDIDATES} at
 * first or as many as the largest top-k asks for, and more only if those hold less than top-p of the probability. One uniform
 * number a row decides: the first token at which the running sum exceeds it, in the order of the vocabulary whatever was left out, so that
 * every device draws the same token.
 */
public final class AtenDraw {
    /** How many of the largest logits are looked at before more are needed. */
    private static final int CANDIDATES = 64;

    /** The largest number below 1 that keeps {@code total * u} below {@code total} in float32. */
    private static final float LARGEST_UNIFORM = 1 - 0x1p-23f;

    private final ComputeDevice device;

    public AtenDraw(ComputeDevice device) {
        this.device = device;
    }

    public Tensor draw(Tensor logits, DrawInputs inputs) {
        T_TensorTensor_T largest = torch.max(logits, 1);
        Tensor best = largest.get0();
        Tensor ids = largest.get1();
        int[] whole = rows(inputs, row -> inputs.temperature(row) > 0 && !truncated(inputs, row));
        int[] truncated = rows(inputs, row -> inputs.temperature(row) > 0 && truncated(inputs, row));
        if (whole.length > 0) {
            ids = replace(ids, whole, drawWhole(scaled(logits, inputs, whole), inputs, whole), inputs.rows());
        }
        if (truncated.length > 0) {
            Tensor drawn = drawTruncated(scaled(logits, inputs, truncated), inputs, truncated);
            ids = replace(ids, truncated, drawn, inputs.rows());
        }
        try (Scalar failed = new Scalar(-1)) {
            return ids.masked_fill(torch.isfinite(best).logical_not_(), failed);
        }
    }

    private static boolean truncated(DrawInputs inputs, int row) {
        return inputs.topK(row) > 0 || inputs.topP(row) < 1;
    }

    private static int[] rows(DrawInputs inputs, IntPredicate chosen) {
        int count = 0;
        int[] rows = new int[inputs.rows()];
        for (int row = 0; row < rows.length; row++) {
            if (chosen.test(row)) {
                rows[count++] = row;
            }
        }
        return Arrays.copyOf(rows, count);
    }

    private Tensor replace(Tensor ids, int[] rows, Tensor drawn, int all) {
        return rows.length == all ? drawn : ids.index_copy_(0, index(rows), drawn);
    }

    private Tensor index(int[] rows) {
        long[] index = new long[rows.length];
        for (int i = 0; i < index.length; i++) {
            index[i] = rows[i];
        }
        return device.upload(index, index.length);
    }

    /** The rows' logits over their temperature, without the tokens that min-p leaves out. */
    private Tensor scaled(Tensor logits, DrawInputs inputs, int[] rows) {
        Tensor own = rows.length == inputs.rows() ? logits : torch.index_select(logits, 0, index(rows));
        Tensor scaled = own.div(column(rows, inputs::temperature));
        boolean minP = false;
        for (int row : rows) {
            minP |= inputs.minP(row) > 0;
        }
        if (minP) {
            Tensor least =
                    scaled.amax(new long[] {1}, true).add_(column(rows, row -> (float) Math.log(inputs.minP(row))));
            try (Scalar minusInfinity = new Scalar(Double.NEGATIVE_INFINITY)) {
                scaled.masked_fill_(scaled.lt(least), minusInfinity);
            }
        }
        return scaled;
    }

    /** A float of each row. */
    private interface RowValue {
        float of(int row);
    }

    private Tensor column(int[] rows, RowValue value) {
        float[] values = new float[rows.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.of(rows[i]);
        }
        return device.upload(values, values.length).view(-1, 1);
    }

    private Tensor uniforms(DrawInputs inputs, int[] rows) {
        return column(rows, row -> Math.min(inputs.uniform(row), LARGEST_UNIFORM));
    }

    private Tensor drawWhole(Tensor scaled, DrawInputs inputs, int[] rows) {
        return pick(torch.softmax(scaled, 1), uniforms(inputs, rows)).view(-1);
    }

    /** The first column at which the running sum exceeds its share of the total. */
    private static Tensor pick(Tensor weights, Tensor uniform) {
        Tensor sums = torch.cumsum(weights, 1);
        Tensor last = sums.narrow(1, sums.size(1) - 1, 1);
        Tensor found = torch.searchsorted(
                sums, last.mul(uniform), false, true, new StringViewOptional(), new TensorOptional());
        try (Scalar end = new Scalar(sums.size(1) - 1)) {
            return found.clamp_max_(end);
        }
    }

    private Tensor drawTruncated(Tensor scaled, DrawInputs inputs, int[] rows) {
        int vocabulary = (int) scaled.size(1);
        int candidates = 0;
        boolean open = false;
        for (int row : rows) {
            open |= inputs.topK(row) == 0;
            candidates = Math.max(candidates, inputs.topK(row));
        }
        candidates = Math.min(vocabulary, open ? Math.max(candidates, CANDIDATES) : candidates);
        Tensor limits = column(rows, row -> inputs.topK(row) == 0 ? Float.MAX_VALUE : inputs.topK(row));
        Tensor topP = column(rows, inputs::topP);
        Tensor all = open ? torch.logsumexp(scaled, new long[] {1}, true) : null;
        Tensor unlimited = open ? limits.eq(column(rows, row -> Float.MAX_VALUE)) : null;
        while (true) {
            T_TensorTensor_T top = torch.topk(scaled, candidates, 1, true, true);
            Tensor probabilities = probabilities(top.get0(), limits, all, unlimited);
            Tensor sums = torch.cumsum(probabilities, 1);
            if (!open || candidates == vocabulary || covered(sums, topP, unlimited)) {
                Tensor kept = probabilities.mul(sums.sub(probabilities).lt_(topP));
                T_TensorTensor_T byToken = torch.sort(top.get1(), 1, false);
                Tensor weights = kept.gather(1, byToken.get1());
                return byToken.get0()
                        .gather(1, pick(weights, uniforms(inputs, rows)))
                        .view(-1);
            }
            candidates = Math.min(vocabulary, candidates * 8);
        }
    }

    /** The candidates' probabilities among those that top-k leaves, or among all. */
    private Tensor probabilities(Tensor top, Tensor limits, Tensor all, Tensor unlimited) {
        long candidates = top.size(1);
        float[] ranks = new float[(int) candidates];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = i;
        }
        Tensor beyond = device.upload(ranks, ranks.length).view(1, -1).ge(limits);
        try (Scalar minusInfinity = new Scalar(Double.NEGATIVE_INFINITY)) {
            Tensor within = top.masked_fill(beyond, minusInfinity);
            Tensor sum = torch.logsumexp(within, new long[] {1}, true);
            return within.sub(all == null ? sum : torch.where(unlimited, all, sum))
                    .exp_();
        }
    }

    /** Whether the candidates hold what top-p asks for, in every row that top-k does not limit. */
    private static boolean covered(Tensor sums, Tensor topP, Tensor unlimited) {
        Tensor last = sums.narrow(1, sums.size(1) - 1, 1);
        return !last.lt(topP).logical_and_(unlimited).any().item_bool();
    }
}
