package dev.tokamak.libtorch.attention;

import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.CacheView;
import dev.tokamak.libtorch.operators.KvCache;
import dev.tokamak.libtorch.operators.StepInputs;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention over the paged cache with {@code scaled_dot_product_attention}.
 *
 * <p>Implementation notes. Rows with one token are put together into groups of like context, whose blocks are gathered with one
 * {@code index_select} into {@code [rows, context, 2, kvHeads, headDim]} and padded by a mask; the query heads that share a key
 * head go in as that head's queries, so that nothing is repeated. A row with several tokens is computed alone: over its own keys
 * if its context begins with it, else over its gathered blocks with a mask. A single row whose blocks follow each other in
 * memory is read where it lies. What the layers of a step share (groups, indices, masks) is made once, for each group and window.
 *
 * <p>Masked positions are multiplied by zero, and zero times NaN is NaN. Padding therefore repeats a row's own blocks, and the
 * part of a fresh block that this step leaves unwritten is cleared, so that no row reads what another sequence left behind.
 */
public final class AtenAttention implements AutoCloseable {
    /** A row joins a group if its blocks are at least this share of the group's longest. */
    private static final double GROUP_SHARE = 0.6;

    /** ... or not more than this many fewer. */
    private static final int GROUP_SLACK = 4;

    private final ComputeDevice device;
    private final Scalar zero = new Scalar(0.0);
    private final Scalar minusInfinity = new Scalar(Double.NEGATIVE_INFINITY);
    private final Map<CacheView, List<Part>> parts = new HashMap<>();
    /** By group. */
    private Tensor[] stale = {};

    /** Where blocks are gathered: megabytes, which the system would have to clear if they were taken anew for each layer. */
    private Tensor room;

    private StepInputs step;
    private KvCache cache;
    private int blockSize;

    public AtenAttention(ComputeDevice device) {
        this.device = device;
    }

    /**
     * Some of a step's rows, computed together.
     *
     * @param rows how many
     * @param length tokens of each row
     * @param firstToken the first row's first token, where all tokens follow each other
     * @param tokenIndex the rows' tokens, or null if they follow each other
     * @param ownKeys whether the row's context is the row itself
     * @param firstCacheRow where the context begins in memory if it lies there in one piece, else -1
     * @param blocks the blocks to gather, or null
     * @param context how many positions are looked at
     * @param mask added to the products, or null
     */
    private record Part(
            int rows,
            int length,
            int firstToken,
            Tensor tokenIndex,
            boolean ownKeys,
            long firstCacheRow,
            Tensor blocks,
            int context,
            Tensor mask) {}

    public void beginStep(StepInputs newStep, KvCache newCache) {
        step = newStep;
        cache = newCache;
        blockSize = cache.blockSize();
        stale = new Tensor[cache.groups()];
        Arrays.setAll(stale, this::staleRows);
        parts.clear();
        for (CacheView view : cache.views()) {
            parts.put(view, arrange(view));
        }
    }

    /** The cache rows of blocks that this step begins and does not fill. */
    private Tensor staleRows(int group) {
        long[] rows = new long[step.rows() * blockSize];
        int count = 0;
        for (int row = 0; row < step.rows(); row++) {
            int end = step.contextLength(row);
            int blockStart = end / blockSize * blockSize;
            if (end > blockStart && blockStart >= step.position(row)) {
                long first = (long) step.blockTable(row, group)[end / blockSize] * blockSize;
                for (int i = end - blockStart; i < blockSize; i++) {
                    rows[count++] = first + i;
                }
            }
        }
        return count == 0 ? null : device.upload(rows, count);
    }

    /** Clears what a layer's fresh blocks still hold of their last owner. */
    public void clearStale(Tensor memory, AttentionLayer layer) {
        Tensor rows = stale[cache.view(layer.cacheLayer()).group()];
        if (rows != null) {
            memory.view(-1, layer.shape().cacheWidth()).index_fill_(0, rows, zero);
        }
    }

    private List<Part> arrange(CacheView view) {
        List<Part> arranged = new ArrayList<>();
        List<Integer> singles = new ArrayList<>();
        for (int row = 0; row < step.rows(); row++) {
            if (step.rowStart(row + 1) - step.rowStart(row) == 1) {
                singles.add(row);
            } else {
                arranged.add(chunk(row, view));
            }
        }
        singles.sort((a, b) -> Integer.compare(blockCount(b, view), blockCount(a, view)));
        for (int from = 0; from < singles.size(); ) {
            int longest = blockCount(singles.get(from), view);
            double least = Math.min(longest * GROUP_SHARE, longest - GROUP_SLACK);
            int to = from + 1;
            while (to < singles.size() && blockCount(singles.get(to), view) >= least) {
                to++;
            }
            arranged.add(group(singles.subList(from, to), longest, view));
            from = to;
        }
        return arranged;
    }

    /** The first block that a row looks at. */
    private int firstBlock(int row, CacheView view) {
        return view.window() == 0 ? 0 : Math.max(0, step.position(row) - view.window() + 1) / blockSize;
    }

    private int blockCount(int row, CacheView view) {
        return (step.contextLength(row) + blockSize - 1) / blockSize - firstBlock(row, view);
    }

    /** A row with several tokens. */
    private Part chunk(int row, CacheView view) {
        int length = step.rowStart(row + 1) - step.rowStart(row);
        int position = step.position(row);
        int start = step.rowStart(row);
        if (position == 0 && (view.window() == 0 || length <= view.window())) {
            return new Part(1, length, start, null, true, -1, null, length, null);
        }
        int first = firstBlock(row, view);
        int before = position - first * blockSize;
        int context = before + length;
        Tensor mask = masked(length, context).triu_(before + 1);
        if (view.window() > 0) {
            mask.add_(masked(length, context).tril_(before - view.window()));
        }
        int count = blockCount(row, view);
        long inPlace = contiguous(step.blockTable(row, view.group()), first, count);
        Tensor blocks = inPlace >= 0 ? null : gathered(List.of(row), count, view);
        return new Part(1, length, start, null, false, inPlace, blocks, context, mask);
    }

    private Tensor masked(int length, int context) {
        return device.zerosCompute(length, context).fill_(minusInfinity);
    }

    /** Rows with one token each. */
    private Part group(List<Integer> rows, int blocks, CacheView view) {
        rows = rows.stream().sorted().toList();
        int first = rows.get(0);
        boolean adjacent = true;
        long[] index = new long[rows.size()];
        for (int i = 0; i < index.length; i++) {
            index[i] = step.rowStart(rows.get(i));
            adjacent &= index[i] == index[0] + i;
        }
        Tensor tokenIndex = adjacent ? null : device.upload(index, index.length);
        int begin = step.rowStart(first);
        if (rows.size() == 1) {
            int firstBlock = firstBlock(first, view);
            long inPlace = contiguous(step.blockTable(first, view.group()), firstBlock, blocks);
            int visibleFrom = view.window() == 0 ? 0 : Math.max(0, step.position(first) - view.window() + 1);
            if (inPlace >= 0) {
                int context = step.contextLength(first) - visibleFrom;
                long from = inPlace + visibleFrom - (long) firstBlock * blockSize;
                return new Part(1, 1, begin, tokenIndex, false, from, null, context, null);
            }
        }
        Tensor gathered = gathered(rows, blocks, view);
        int context = blocks * blockSize;
        Tensor mask = groupMask(rows, context, view);
        return new Part(rows.size(), 1, begin, tokenIndex, false, -1, gathered, context, mask);
    }

    /** Zero where a row may look, minus infinity elsewhere; null if all may look everywhere. */
    private Tensor groupMask(List<Integer> rows, int context, CacheView view) {
        float[] mask = new float[rows.size() * context];
        boolean needed = false;
        for (int i = 0; i < rows.size(); i++) {
            int row = rows.get(i);
            int base = firstBlock(row, view) * blockSize;
            int end = step.contextLength(row) - base;
            int begin = view.window() == 0 ? 0 : Math.max(0, step.position(row) - view.window() + 1 - base);
            Arrays.fill(mask, i * context, i * context + begin, Float.NEGATIVE_INFINITY);
            Arrays.fill(mask, i * context + end, (i + 1) * context, Float.NEGATIVE_INFINITY);
            needed |= begin > 0 || end < context;
        }
        return needed
                ? device.upload(mask, mask.length)
                        .to(device.type().scalarType())
                        .view(rows.size(), 1, 1, context)
                : null;
    }

    /** Block ids of the rows, each padded to {@code count} with its own first block. */
    private Tensor gathered(List<Integer> rows, int count, CacheView view) {
        long[] ids = new long[rows.size() * count];
        for (int i = 0; i < rows.size(); i++) {
            int row = rows.get(i);
            int first = firstBlock(row, view);
            int own = blockCount(row, view);
            int[] table = step.blockTable(row, view.group());
            for (int j = 0; j < count; j++) {
                ids[i * count + j] = table[j < own ? first + j : first];
            }
        }
        return device.upload(ids, ids.length);
    }

    /** The first cache row of blocks that follow each other, else -1. */
    private long contiguous(int[] table, int first, int count) {
        for (int i = 1; i < count; i++) {
            if (table[first + i] != table[first] + i) {
                return -1;
            }
        }
        return (long) table[first] * blockSize;
    }

    /**
     * Each query's attention over its sequence in the cache, which holds the step's keys and values already.
     *
     * @param qkv turned, queries and then what the cache holds of each token
     * @param layer whose attention it is
     * @param memory of the layer
     * @return {@code [tokens, heads * valueDim]}, contiguous
     */
    public Tensor attend(Tensor qkv, AttentionLayer layer, Tensor memory) {
        AttentionShape shape = layer.shape();
        List<Part> list = parts.get(cache.view(layer.cacheLayer()));
        if (list.size() == 1 && list.get(0).tokenIndex() == null) {
            return attend(list.get(0), qkv, layer, memory);
        }
        Tensor out = device.emptyCompute(step.tokens(), shape.outputWidth());
        for (Part part : list) {
            Tensor values = attend(part, qkv, layer, memory);
            if (part.tokenIndex() == null) {
                out.narrow(0, part.firstToken(), (long) part.rows() * part.length())
                        .copy_(values);
            } else {
                out.index_copy_(0, part.tokenIndex(), values);
            }
        }
        return out;
    }

    private Tensor attend(Part part, Tensor qkv, AttentionLayer layer, Tensor memory) {
        long count = (long) part.rows() * part.length();
        Tensor own = part.tokenIndex() == null
                ? (count == qkv.size(0) ? qkv : qkv.narrow(0, part.firstToken(), count))
                : torch.index_select(qkv, 0, part.tokenIndex());
        return part.length() == 1
                ? attendSingles(part, own, layer, memory)
                : attendChunk(part, own, cached(part, own, layer.shape(), memory), layer);
    }

    /** What the cache holds of the context of a row with several tokens, {@code [context, cacheWidth]}. */
    private Tensor cached(Part part, Tensor own, AttentionShape shape, Tensor memory) {
        if (part.ownKeys()) {
            return own.narrow(1, shape.queryWidth(), shape.cacheWidth());
        }
        Tensor rows = part.firstCacheRow() >= 0 ? memory : gather(part, shape, memory);
        return rows.view(-1, shape.cacheWidth()).narrow(0, Math.max(0, part.firstCacheRow()), part.context());
    }

    /** {@code [blocks, blockSize * cacheWidth]}, the rows' blocks one after another; holds until the next call. */
    private Tensor gather(Part part, AttentionShape shape, Tensor memory) {
        Tensor blocks = memory.view(-1, (long) blockSize * shape.cacheWidth());
        long count = part.blocks().numel();
        long elements = count * blocks.size(1);
        if (room == null || room.numel() < elements) {
            closeRoom();
            room = device.emptyCompute(elements + elements / 4);
            room.retainReference();
        }
        Tensor into = room.narrow(0, 0, elements).view(count, blocks.size(1));
        return torch.index_select_out(into, blocks, 0, part.blocks());
    }

    private void closeRoom() {
        if (room != null) {
            room.close();
            room = null;
        }
    }

    /** With strides instead of views of views, since each of these tensors costs microseconds in every layer. */
    private Tensor attendSingles(Part part, Tensor own, AttentionLayer layer, Tensor memory) {
        AttentionShape shape = layer.shape();
        long headDim = shape.headDim();
        long shared = shape.heads() / shape.kvHeads();
        Tensor queries = own.as_strided(
                new long[] {part.rows(), shape.kvHeads(), shared, headDim},
                new long[] {own.stride(0), shared * headDim, headDim, 1},
                new LongOptional(own.storage_offset()));
        long token = shape.cacheWidth();
        boolean inPlace = part.firstCacheRow() >= 0;
        Tensor from = inPlace ? memory : gather(part, shape, memory);
        long begin = from.storage_offset() + (inPlace ? part.firstCacheRow() * token : 0);
        long[] sizes = {part.rows(), shape.kvHeads(), part.context(), headDim};
        long[] strides = {inPlace ? 0 : part.blocks().numel() / part.rows() * blockSize * token, headDim, token, 1};
        Tensor keys = from.as_strided(sizes, strides, new LongOptional(begin));
        sizes[3] = shape.valueDim();
        Tensor values = from.as_strided(sizes, strides, new LongOptional(begin + shape.valueBegin()));
        return AttentionProduct.singles(queries, keys, values, part.mask(), layer)
                .reshape(part.rows(), shape.outputWidth());
    }

    private Tensor attendChunk(Part part, Tensor own, Tensor cached, AttentionLayer layer) {
        AttentionShape shape = layer.shape();
        long shared = shape.heads() / shape.kvHeads();
        Tensor queries = own.narrow(1, 0, shape.queryWidth())
                .view(part.length(), shape.kvHeads(), shared, shape.headDim())
                .permute(1, 2, 0, 3);
        Tensor keys = cached.narrow(1, 0, shape.keyWidth())
                .view(part.context(), shape.kvHeads(), shape.headDim())
                .transpose(0, 1);
        Tensor values = cached.narrow(1, shape.valueBegin(), (long) shape.kvHeads() * shape.valueDim())
                .view(part.context(), shape.kvHeads(), shape.valueDim())
                .transpose(0, 1);
        return AttentionProduct.chunk(queries, keys, values, part.mask(), part.ownKeys(), layer)
                .permute(2, 0, 1, 3)
                .reshape(part.length(), shape.outputWidth());
    }

    @Override
    public void close() {
        parts.clear();
        closeRoom();
        zero.close();
        minusInfinity.close();
    }
}
