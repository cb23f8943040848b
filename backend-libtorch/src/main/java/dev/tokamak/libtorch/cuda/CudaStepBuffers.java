package dev.tokamak.libtorch.cuda;

import dev.tokamak.libtorch.kernels.Kernels;
import dev.tokamak.spi.executor.StepMasks;
import java.nio.IntBuffer;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.global.cudart;
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
    /** The section that is copied only as far as it is filled, and so the last. */
    private static final int CHANGES = 11;

    private final CudaContext context;
    private final int[] starts;
    private final int tokens;
    private final int rows;
    private final int changes;
    private final PinnedInts[] inputs;
    private final PinnedInts[] outputs;
    private final CUevent_st[] done;
    private final Tensor device;
    private final Tensor result;
    private int current;
    private final PinnedInts[] scoreOutputs;
    private Tensor scores;
    private PinnedInts[] masks;
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
    final Tensor adjustments;
    final Tensor scored;

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
        int[] sizes = {
            tokens,
            tokens,
            tokens,
            rows,
            rows * Kernels.STATE_INTS,
            rows,
            rows,
            2 * rows,
            2 * rows,
            rows * Kernels.ADJUSTMENT_INTS,
            2 * rows,
            2 * changes
        };
        starts = new int[sizes.length];
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
        adjustments = device.narrow(0, starts[9], sizes[9]);
        scored = device.narrow(0, starts[10], sizes[10]);
        tableChanges = device.narrow(0, starts[CHANGES], sizes[CHANGES]);
        result = ints(context, rows);
        inputs = new PinnedInts[inFlight];
        outputs = new PinnedInts[inFlight];
        scoreOutputs = new PinnedInts[inFlight];
        done = new CUevent_st[inFlight];
        for (int i = 0; i < inFlight; i++) {
            inputs[i] = new PinnedInts(total);
            outputs[i] = new PinnedInts(rows);
            done[i] = context.newEvent();
        }
    }

    public static Tensor ints(CudaContext context, long count) {
        return zeros(context, ScalarType.Int, count);
    }

    static Tensor zeros(CudaContext context, ScalarType type, long count) {
        try (Device place = new Device(torch.DeviceType.CUDA, (byte) context.index());
                TensorOptions options =
                        new TensorOptions(type).device(new org.bytedeco.pytorch.DeviceOptional(place))) {
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

    /** How a row of logits is drawn from, as {@link Kernels#sample} reads it. */
    void state(int at, int[] state, int maskRow) {
        inputs[current].ints.position(starts[4] + at * Kernels.STATE_INTS).put(state);
        inputs[current].ints.put(starts[5] + at, maskRow);
    }

    /** What is done to a row of logits before, as {@link Kernels#adjust} reads it. */
    void adjustment(int at, int[] adjustment) {
        inputs[current].ints.position(starts[9] + at * Kernels.ADJUSTMENT_INTS).put(adjustment);
    }

    /** Of which row of logits log probabilities are wanted, and of how many of its likeliest tokens. */
    void scored(int at, int row, int likeliest) {
        inputs[current].ints.put(starts[10] + 2 * at, row);
        inputs[current].ints.put(starts[10] + 2 * at + 1, likeliest);
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
        ints.put(starts[CHANGES] + 2 * at, index);
        ints.put(starts[CHANGES] + 2 * at + 1, value);
    }

    /** Copies everything up to the last of {@code changeCount} table changes to the device. */
    void upload(int changeCount) {
        long count = starts[CHANGES] + 2L * changeCount;
        context.copyAsync(device.data_ptr(), inputs[current].memory, count * Integer.BYTES);
    }

    /** Copies the table changes alone, and waits until their buffer may be written again. */
    void uploadChanges(int changeCount) {
        context.copyAsync(tableChanges.data_ptr(), inputs[current].at(starts[CHANGES]), changeCount * 8L);
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
            masks = new PinnedInts[inputs.length];
            for (int i = 0; i < masks.length; i++) {
                masks[i] = new PinnedInts(rows * from.wordsPerRow());
            }
            maskWords = ints(context, (long) rows * from.wordsPerRow());
            maskWords.retainReference();
        }
        int count = from.rows() * from.wordsPerRow();
        masks[current].ints.position(0).put(from.words(), 0, count);
        context.copyAsync(maskWords.data_ptr(), masks[current].memory, (long) count * Integer.BYTES);
        return maskWords;
    }

    Tensor result() {
        return result;
    }

    /** Where a step's log probabilities are written; of this object. */
    Tensor scores(int count) {
        if (scores == null || scores.numel() < count) {
            if (scores != null) {
                scores.close();
            }
            scores = ints(context, 2L * count);
            scores.retainReference();
        }
        return scores;
    }

    /** Copies the sampled tokens and what belongs to log probabilities back and marks the step's end. */
    void download(int count, int scoreCount) {
        if (count > 0) {
            context.copyAsync(outputs[current].memory, result.data_ptr(), (long) count * Integer.BYTES);
        }
        if (scoreCount > 0) {
            // The step that used the pinned memory before has been awaited.
            if (scoreOutputs[current] == null || scoreOutputs[current].capacity() < scoreCount) {
                close(scoreOutputs[current]);
                scoreOutputs[current] = new PinnedInts(2 * scoreCount);
            }
            context.copyAsync(scoreOutputs[current].memory, scores.data_ptr(), (long) scoreCount * Integer.BYTES);
        }
        context.record(done[current]);
    }

    private static void close(PinnedInts pinned) {
        if (pinned != null) {
            pinned.close();
        }
    }

    /** Waits for the step whose pinned buffer had a number. */
    void await(int buffer) {
        context.await(done[buffer]);
    }

    int scoreOf(int buffer, int at) {
        return scoreOutputs[buffer].ints.get(at);
    }

    int resultOf(int buffer, int at) {
        return outputs[buffer].ints.get(at);
    }

    @Override
    public void close() {
        for (int i = 0; i < inputs.length; i++) {
            inputs[i].close();
            outputs[i].close();
            close(scoreOutputs[i]);
            cudart.cudaEventDestroy(done[i]);
        }
        if (scores != null) {
            scores.close();
        }
        if (masks != null) {
            for (PinnedInts each : masks) {
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
            adjustments,
            scored,
            device,
            result
        }) {
            view.close();
        }
    }
}
