package dev.tokamak.libtorch.attention;

import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.StepInputs;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention of whole sequences in both directions, without a cache.
 *
 * <p>Implementation notes. The rows of a step lie one behind another without padding. Neighbours of the same length are computed at
 * once; nothing else is padded or gathered. Where a layer has a window, a long row is cut into pieces of queries that look at their
 * surroundings only, so that time and memory grow with the length and not with its square. Masks, and scores by distance, are made
 * once a step: those of a shorter row are the upper left corner of those of the longest.
 */
public final class RowAttention implements AutoCloseable {
    /** Queries of a piece, if the window is not wider. */
    private static final int PIECE = 256;

    private final ComputeDevice device;
    private final List<Run> runs = new ArrayList<>();
    private final Map<Band, Tensor> masks = new HashMap<>();
    private Tensor distances;
    private int longest;

    public RowAttention(ComputeDevice device) {
        this.device = device;
    }

    /** Rows of one length, one behind another. */
    private record Run(int firstToken, int rows, int length) {}

    /**
     * Which keys queries see.
     *
     * @param queries how many
     * @param keys how many
     * @param before how many keys lie before the first query
     * @param window how far a query sees, itself included
     */
    private record Band(int queries, int keys, int before, int window) {}

    /** Begins a step. */
    public void beginStep(StepInputs step) {
        close();
        runs.clear();
        longest = 0;
        for (int row = 0; row < step.rows(); row++) {
            int length = step.rowStart(row + 1) - step.rowStart(row);
            Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.length() == length) {
                runs.set(runs.size() - 1, new Run(last.firstToken(), last.rows() + 1, length));
            } else {
                runs.add(new Run(step.rowStart(row), 1, length));
            }
            longest = Math.max(longest, length);
        }
    }

    /**
     * Each token's attention over its row.
     *
     * @param qkv turned, {@code [tokens, (heads + 2 * kvHeads) * headDim]}, contiguous
     * @param layer whose attention it is
     * @param byDistance {@code [heads, 2 * most - 1]}, what is added to the scaled products by how far the key is behind the query, from
     *     {@code 1 - most} on; or null
     * @return {@code [tokens, heads * headDim]}, contiguous
     */
    public Tensor attend(Tensor qkv, AttentionLayer layer, Tensor byDistance) {
        if (byDistance != null && distances == null) {
            distances = square(byDistance, longest);
            distances.retainReference();
        }
        if (runs.size() == 1) {
            return attend(runs.get(0), qkv, layer, byDistance != null);
        }
        Tensor out = device.emptyCompute(qkv.size(0), layer.shape().queryWidth());
        for (Run run : runs) {
            out.narrow(0, run.firstToken(), (long) run.rows() * run.length())
                    .copy_(attend(run, qkv, layer, byDistance != null));
        }
        return out;
    }

    /** {@code [1, heads, length, length]}, contiguous: the columns of a query are the distances from it. */
    private Tensor square(Tensor byDistance, int length) {
        long most = (byDistance.size(1) + 1) / 2;
        return byDistance
                .narrow(1, most - length, 2L * length - 1)
                .unfold(1, length, 1)
                .flip(1)
                .unsqueeze(0)
                .to(device.type().scalarType());
    }

    private Tensor attend(Run run, Tensor qkv, AttentionLayer layer, boolean byDistance) {
        AttentionShape shape = layer.shape();
        if (shape.heads() == shape.kvHeads()) {
            Tensor mask = byDistance ? corner(run.length()) : null;
            return pieces(run, qkv, layer, mask)
                    .permute(0, 2, 1, 3)
                    .reshape((long) run.rows() * run.length(), shape.queryWidth());
        }
        TensorVector rows = new TensorVector();
        for (int row = 0; row < run.rows(); row++) {
            Run one = new Run(run.firstToken() + row * run.length(), 1, run.length());
            rows.push_back(pieces(one, qkv, layer, null).permute(2, 0, 1, 3).reshape(run.length(), shape.queryWidth()));
        }
        return rows.size() == 1 ? rows.get(0) : torch.cat(rows, 0);
    }

    private Tensor corner(int length) {
        return length == longest ? distances : distances.narrow(2, 0, length).narrow(3, 0, length);
    }

    /** Queries piece by piece, each with the keys that it sees. */
    private Tensor pieces(Run run, Tensor qkv, AttentionLayer layer, Tensor byDistance) {
        int window = layer.shape().window();
        int length = run.length();
        int piece = Math.max(PIECE, window);
        if (window == 0 || byDistance != null || length <= piece + 2 * window) {
            Tensor mask = window == 0 || length <= window ? null : mask(new Band(length, length, 0, window));
            if (byDistance != null) {
                mask = mask == null ? byDistance : byDistance.add(mask);
            }
            return product(run, qkv, layer, 0, length, 0, length, mask);
        }
        TensorVector done = new TensorVector();
        for (int from = 0; from < length; from += piece) {
            int to = Math.min(length, from + piece);
            int first = Math.max(0, from - window + 1);
            int end = Math.min(length, to + window - 1);
            Tensor mask = mask(new Band(to - from, end - first, from - first, window));
            done.push_back(product(run, qkv, layer, from, to, first, end, mask));
        }
        return torch.cat(done, 2);
    }

    private Tensor mask(Band band) {
        return masks.computeIfAbsent(band, b -> {
            try (Scalar minusInfinity = new Scalar(Double.NEGATIVE_INFINITY)) {
                Tensor behind = device.zerosCompute(b.queries(), b.keys())
                        .fill_(minusInfinity)
                        .triu_((long) b.before() + b.window());
                Tensor before = device.zerosCompute(b.queries(), b.keys())
                        .fill_(minusInfinity)
                        .tril_((long) b.before() - b.window());
                Tensor both = behind.add_(before);
                both.retainReference();
                return both;
            }
        });
    }

    /** Frees what the step shared, which outlived the scopes around its layers. */
    @Override
    public void close() {
        masks.values().forEach(Tensor::close);
        masks.clear();
        if (distances != null) {
            distances.close();
            distances = null;
        }
    }

    /**
     * Rows side by side where every query head has keys of its own, {@code [rows, heads, queries, headDim]}; else the one row, {@code [kvHeads,
     * shared, queries, headDim]}. With strides instead of views of views, since each of these tensors costs microseconds in every layer.
     */
    private static Tensor product(
            Run run, Tensor qkv, AttentionLayer layer, int from, int to, int first, int end, Tensor mask) {
        AttentionShape shape = layer.shape();
        boolean own = shape.heads() == shape.kvHeads();
        long token = qkv.size(1);
        long headDim = shape.headDim();
        long shared = shape.heads() / shape.kvHeads();
        long outer = own ? run.rows() : shape.kvHeads();
        long inner = own ? shape.heads() : shared;
        long queryOuter = own ? run.length() * token : shared * headDim;
        long keyOuter = own ? run.length() * token : headDim;
        long begin = qkv.storage_offset() + run.firstToken() * token;
        Tensor queries = qkv.as_strided(
                new long[] {outer, inner, to - from, headDim},
                new long[] {queryOuter, headDim, token, 1},
                new LongOptional(begin + from * token));
        long[] sizes = {outer, inner, end - first, headDim};
        long[] strides = {keyOuter, own ? headDim : 0, token, 1};
        long keysBegin = begin + first * token + shape.queryWidth();
        Tensor keys = qkv.as_strided(sizes, strides, new LongOptional(keysBegin));
        Tensor values = qkv.as_strided(sizes, strides, new LongOptional(keysBegin + shape.keyWidth()));
        return AttentionProduct.fused(queries, keys, values, mask, false, shape);
    }
}
