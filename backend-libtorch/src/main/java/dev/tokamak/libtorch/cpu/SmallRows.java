package dev.tokamak.libtorch.cpu;

import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.KvCache;
import dev.tokamak.libtorch.operators.NormWeights;
import dev.tokamak.libtorch.operators.StepInputs;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Normalisation and rotation of a few float32 rows in plain Java. Used on the tensor thread only.
 *
 * <p>Implementation notes. Each tensor that ATen makes costs some microseconds from Java, and these two operators are seven to ten
 * of them; a row of a thousand numbers takes one microsecond to compute. Rows are copied to arrays and back, which costs
 * nothing beside that, because the compiler vectorises loops over arrays and not over native memory. The arrays grow to
 * {@link #MOST_ELEMENTS} and are used again.
 */
public final class SmallRows {
    /** Above this ATen's vectors win. */
    private static final int MOST_ELEMENTS = 1 << 14;

    private float[] first = new float[0];
    private float[] second = new float[0];
    private float[] weights = new float[0];
    private float[] angles = new float[0];
    private int table = -1;

    /** Whether a tensor is small enough to be computed here. */
    static boolean fits(Tensor x) {
        return x.numel() <= MOST_ELEMENTS;
    }

    private static float[] room(float[] array, int length) {
        return array.length >= length ? array : new float[length];
    }

    /**
     * Root-mean-square normalisation.
     *
     * @param x contiguous {@code [rows, width]}
     * @param delta contiguous, of the same shape, added to {@code x} in place before; or null
     * @param norm by the root of the mean square
     * @return {@code [rows, width]}
     */
    Tensor rmsNorm(Tensor x, Tensor delta, NormWeights norm) {
        Tensor weight = norm.weight();
        int count = (int) x.numel();
        int width = (int) weight.numel();
        float[] values = first = room(first, count);
        FloatPointer memory = x.data_ptr_float();
        memory.get(values, 0, count);
        if (delta != null) {
            float[] added = second = room(second, count);
            delta.data_ptr_float().get(added, 0, count);
            for (int i = 0; i < count; i++) {
                values[i] += added[i];
            }
            memory.put(values, 0, count);
        }
        float[] scale = weights = room(weights, width);
        weight.data_ptr_float().get(scale, 0, width);
        for (int row = 0; row < count; row += width) {
            float inverse = (float) (1 / Math.sqrt(squares(values, row, row + width) / width + norm.epsilon()));
            for (int i = 0; i < width; i++) {
                values[row + i] = values[row + i] * inverse * scale[i];
            }
        }
        Tensor normed = torch.empty_like(x);
        normed.data_ptr_float().put(values, 0, count);
        return normed;
    }

    /** The sum of squares, in four sums that do not wait for each other. */
    private static double squares(float[] values, int from, int to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a += values[i] * values[i];
            b += values[i + 1] * values[i + 1];
            c += values[i + 2] * values[i + 2];
            d += values[i + 3] * values[i + 3];
        }
        for (; i < to; i++) {
            a += values[i] * values[i];
        }
        return a + b + c + d;
    }

    /** Lets go of the last step's angles. */
    void beginStep() {
        table = -1;
    }

    /** Takes over a step's angles. */
    private void useAngles(StepInputs step, int ofTable) {
        if (table != ofTable) {
            Tensor rotary = step.rotary(ofTable);
            int count = (int) rotary.numel();
            angles = room(angles, count);
            rotary.data_ptr_float().get(angles, 0, count);
            table = ofTable;
        }
    }

    /**
     * Turns queries and keys and stores keys and values.
     *
     * @param qkv that {@link #fits}
     * @param layer whose they are
     * @param memory of the layer
     * @param cache that it is in
     * @param step that is under way
     */
    void rotateAndStore(Tensor qkv, AttentionLayer layer, Tensor memory, KvCache cache, StepInputs step) {
        AttentionShape shape = layer.shape();
        useAngles(step, layer.rotary());
        int count = (int) qkv.numel();
        int tokens = step.tokens();
        int width = count / tokens;
        int rotated = shape.queryWidth() + shape.keyWidth();
        float[] values = first = room(first, count);
        FloatPointer pointer = qkv.data_ptr_float();
        pointer.get(values, 0, count);
        for (int token = 0; token < tokens; token++) {
            rotate(values, token * width, rotated, token * shape.headDim(), shape.headDim());
        }
        pointer.put(values, 0, count);
        store(values, width, layer, memory.data_ptr_float(), cache, step);
    }

    private void rotate(float[] values, int from, int width, int angle, int headDim) {
        for (int head = from; head < from + width; head += headDim) {
            for (int i = 0; i < headDim; i += 2) {
                float cosine = angles[angle + i];
                float sine = angles[angle + i + 1];
                float a = values[head + i];
                float b = values[head + i + 1];
                values[head + i] = a * cosine - b * sine;
                values[head + i + 1] = a * sine + b * cosine;
            }
        }
    }

    private static void store(
            float[] values, int width, AttentionLayer layer, FloatPointer memory, KvCache cache, StepInputs step) {
        AttentionShape shape = layer.shape();
        int blockSize = cache.blockSize();
        int group = cache.view(layer.cacheLayer()).group();
        int stored = 2 * shape.keyWidth();
        for (int row = 0; row < step.rows(); row++) {
            int[] table = step.blockTable(row, group);
            int position = step.position(row);
            for (int token = step.rowStart(row); token < step.rowStart(row + 1); token++, position++) {
                long cacheRow = (long) table[position / blockSize] * blockSize + position % blockSize;
                memory.position(cacheRow * stored).put(values, token * width + shape.queryWidth(), stored);
            }
        }
    }
}
