package dev.tokamak.libtorch.cuda;

import dev.tokamak.spi.executor.StepMasks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where a step's integers lie. The host writes them to one of two pinned buffers, which is copied to one place on the device in one go;
 * captured graphs read them there. Results come back to pinned memory likewise.
 *
 * <p>A pinned buffer is used again when the step that was read from it two steps ago has been awaited.
 */
public final class CudaStepBuffers implements AutoCloseable {
    private static final int STATE_INTS = 8;

    private final CudaContext context;
    private final int tokens;
    private final int rows;
    private final int changes;
    private final Pinned[] inputs;
    private final Pinned[] outputs;
    private final CUevent_st[] done;
    private final Tensor device;
    private final Tensor result;
    private int current;
    private Pinned[] masks;
    private Tensor maskWords;

    final Tensor tokenIds;
    final Tensor tokenSlots;
    final Tensor positions;
    final Tensor sampledTokens;
    final Tensor states;
    final Tensor maskRows;
    final Tensor tableChanges;
    final Tensor prefillSlots;
    final Tensor contextBegins;
    final Tensor queryBegins;

    /**
     * @param context of the device
     * @param tokens in a step at most
     * @param rows in a step at most
     * @param blocksPerSequence entries of a block table
     * @param inFlight steps under way at once
     */
    CudaStepBuffers(CudaContext context, int tokens, int rows, int blocksPerSequence, int inFlight) {
        this.context = context;
        this.tokens = tokens;
        this.rows = rows;
        // More changes than fit are sent in several copies.
        this.changes = Math.max(rows, blocksPerSequence) + tokens;
        int total = 0;
        int[] starts = new int[10];
        int[] sizes = {tokens, tokens, tokens, rows, rows * STATE_INTS, rows, rows, 2 * rows, 2 * rows, 2 * changes};
        for (int i = 0; i < sizes.length; i++) {
            starts[i] = total;
            // 16-byte alignment.
            total += (sizes[i] + 3) / 4 * 4;
        }
        device = ints(context, total);
        tokenIds = device.narrow(0, starts[0], sizes[0]);
        tokenSlots = device.narrow(0, starts[1], sizes[1]);
        positions = device.narrow(0, starts[2], sizes[2]);
        sampledTokens = device.narrow(0, starts[3], sizes[3]);
        states = device.narrow(0, starts[4], sizes[4]);
        maskRows = device.narrow(0, starts[5], sizes[5]);
        prefillSlots = device.narrow(0, starts[6], sizes[6]);
        contextBegins = device.narrow(0, starts[7], sizes[7]);
        queryBegins = device.narrow(0, starts[8], sizes[8]);
        tableChanges = device.narrow(0, starts[9], sizes[9]);
        result = ints(context, rows);
        inputs = new Pinned[inFlight];
        outputs = new Pinned[inFlight];
        done = new CUevent_st[inFlight];
        for (int i = 0; i < inFlight; i++) {
            inputs[i] = new Pinned(total);
            outputs[i] = new Pinned(rows);
            done[i] = context.newEvent();
        }
        this.starts = starts;
    }

    private final int[] starts;

    public static Tensor ints(CudaContext context, long count) {
        try (Device place = new Device(torch.DeviceType.CUDA, (byte) context.index());
                TensorOptions options =
                        new TensorOptions(ScalarType.Int).device(new org.bytedeco.pytorch.DeviceOptional(place))) {
            return torch.zeros(new long[] {count}, options);
        }
    }

    /** Goes on to the next pinned buffer. */
    void next() {
        current = (current + 1) % inputs.length;
    }

    int current() {
        return current;
    }

    int maxChanges() {
        return changes;
    }

    void token(int at, int id, int slot, int position) {
        IntBuffer ints = inputs[current].ints;
        ints.put(starts[0] + at, id);
        ints.put(starts[1] + at, slot);
        ints.put(starts[2] + at, position);
    }

    void sampled(int at, int token) {
        inputs[current].ints.put(starts[3] + at, token);
    }

    void state(
            int at,
            float temperature,
            float topP,
            float minP,
            int topK,
            long seed,
            int outputIndex,
            int slot,
            int maskRow) {
        IntBuffer ints = inputs[current].ints;
        int to = starts[4] + at * STATE_INTS;
        ints.put(to, Float.floatToRawIntBits(temperature));
        ints.put(to + 1, Float.floatToRawIntBits(topP));
        ints.put(to + 2, Float.floatToRawIntBits(minP));
        ints.put(to + 3, topK);
        ints.put(to + 4, (int) seed);
        ints.put(to + 5, (int) (seed >>> 32));
        ints.put(to + 6, outputIndex);
        ints.put(to + 7, slot);
        ints.put(starts[5] + at, maskRow);
    }

    void prefill(int at, int slot) {
        inputs[current].ints.put(starts[6] + at, slot);
    }

    /** Where a chunk of a group begins, or the group ends: in the group's contexts and in its tokens. */
    void begins(int at, int contextBegin, int queryBegin) {
        inputs[current].ints.put(starts[7] + at, contextBegin);
        inputs[current].ints.put(starts[8] + at, queryBegin);
    }

    void change(int at, int index, int value) {
        IntBuffer ints = inputs[current].ints;
        ints.put(starts[9] + 2 * at, index);
        ints.put(starts[9] + 2 * at + 1, value);
    }

    /** Copies everything up to the last of {@code changeCount} table changes to the device. */
    void upload(int changeCount) {
        long count = starts[9] + 2L * changeCount;
        context.copyAsync(device.data_ptr(), inputs[current].memory, count * Integer.BYTES);
    }

    /** Copies the table changes alone, and waits until their buffer may be written again. */
    void uploadChanges(int changeCount) {
        Pointer from = new BytePointer(inputs[current].memory).position(starts[9] * 4L);
        context.copyAsync(tableChanges.data_ptr(), from, changeCount * 8L);
        context.synchronize();
    }

    /**
     * Copies masks to the device. Made for the most rows there may be when the first come, since most servers never see any.
     *
     * @param from a step's masks
     * @return [masks, words of a row] and what lies behind; of this object
     */
    Tensor uploadMasks(StepMasks from) {
        if (masks == null) {
            masks = new Pinned[inputs.length];
            for (int i = 0; i < masks.length; i++) {
                masks[i] = new Pinned(rows * from.wordsPerRow());
            }
            maskWords = ints(context, (long) rows * from.wordsPerRow());
        }
        int count = from.rows() * from.wordsPerRow();
        masks[current].ints.position(0).put(from.words(), 0, count);
        context.copyAsync(maskWords.data_ptr(), masks[current].memory, (long) count * Integer.BYTES);
        return maskWords;
    }

    Tensor result() {
        return result;
    }

    /** Copies the sampled tokens back and marks the step's end. */
    void download(int count) {
        if (count > 0) {
            context.copyAsync(outputs[current].memory, result.data_ptr(), (long) count * Integer.BYTES);
        }
        context.record(done[current]);
    }

    /** Waits for the step whose pinned buffer had a number. */
    void await(int buffer) {
        context.await(done[buffer]);
    }

    int resultOf(int buffer, int at) {
        return outputs[buffer].ints.get(at);
    }

    @Override
    public void close() {
        for (int i = 0; i < inputs.length; i++) {
            inputs[i].close();
            outputs[i].close();
            cudart.cudaEventDestroy(done[i]);
        }
        if (masks != null) {
            for (Pinned each : masks) {
                each.close();
            }
            maskWords.close();
        }
        for (Tensor view : new Tensor[] {
            tokenIds,
            tokenSlots,
            positions,
            sampledTokens,
            states,
            maskRows,
            tableChanges,
            prefillSlots,
            contextBegins,
            queryBegins,
            device,
            result
        }) {
            view.close();
        }
    }

    /** Page-locked host memory, seen as integers. */
    private static final class Pinned implements AutoCloseable {
        final Pointer memory = new Pointer();
        final IntBuffer ints;

        Pinned(int count) {
            CudaContext.check(cudart.cudaHostAlloc(memory, 4L * count, 0), "allocate pinned memory");
            ByteBuffer bytes = new BytePointer(memory).capacity(4L * count).asByteBuffer();
            ints = bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        }

        @Override
        public void close() {
            cudart.cudaFreeHost(memory);
        }
    }
}
