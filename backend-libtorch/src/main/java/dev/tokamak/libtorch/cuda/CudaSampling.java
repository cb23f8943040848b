package dev.tokamak.libtorch.cuda;

import dev.tokamak.libtorch.kernels.Kernels;
import dev.tokamak.libtorch.kernels.Kernels.CountKind;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How slots sample on a CUDA device, with all that this looks up there: lists of tokens, counts for penalties, the newest tokens for bad words. The
 * kernel that draws keeps counts and newest tokens up, so that no request makes a step wait for the host.
 *
 * <p>Implementation notes. Logits are never changed: the rows that ask for something are adjusted into float32 rows of their own, and log
 * probabilities are made of what the model gave. A slot's lists come to the device once, when its sampling begins. If a draw was void, its
 * slot's next draw has the same output index; then what was counted is taken back first, and the newest token is overwritten.
 */
final class CudaSampling implements AutoCloseable {
    private static final int[] NO_TOKENS = {};
    private static final float[] NO_LOGPROBS = {};

    private final CudaContext context;
    private final Kernels kernels;
    private final CudaStepBuffers buffers;
    private final Tensor lastSampled;
    private final int vocabulary;
    private final CudaUploads uploads;
    private final Tensor counts;
    private final long countsAddress;
    private final Tensor adjusted;
    private final Slot[] slots;
    private final int[] state = new int[Kernels.STATE_INTS];
    private final int[] adjustment = new int[Kernels.ADJUSTMENT_INTS];
    private int adjustments;
    private int scored;
    private int most;

    /** What is known of a slot. */
    private static final class Slot {
        private final SamplingState state;
        private final SlotLists lists;
        private final Tensor device;
        private final long address;
        private int drawn = -1;

        Slot(SamplingState state, SlotLists lists, Tensor device) {
            this.state = state;
            this.lists = lists;
            this.device = device;
            this.address = device == null ? 0 : device.data_ptr().address();
        }

        boolean adjusts(int outputIndex) {
            return state.penalised()
                    || lists.biases > 0
                    || lists.badWords > 0
                    || lists.allowedAt != SlotLists.NONE
                    || holdsEndsBack(outputIndex);
        }

        boolean holdsEndsBack(int outputIndex) {
            return lists.ends > 0 && outputIndex < state.minTokens();
        }
    }

    /**
     * @param context of the device
     * @param kernels that sample; owned by the caller
     * @param buffers of the steps; owned by the caller
     * @param lastSampled [slots] int32; owned by the caller
     * @param rows slots, and sampled rows of a step at most
     * @param vocabulary width of the logits
     */
    CudaSampling(
            CudaContext context,
            Kernels kernels,
            CudaStepBuffers buffers,
            Tensor lastSampled,
            int rows,
            int vocabulary) {
        this.context = context;
        this.kernels = kernels;
        this.buffers = buffers;
        this.lastSampled = lastSampled;
        this.vocabulary = vocabulary;
        uploads = new CudaUploads(context);
        counts = CudaStepBuffers.zeros(context, ScalarType.Short, (long) rows * vocabulary);
        countsAddress = counts.data_ptr().address();
        adjusted = CudaStepBuffers.zeros(context, ScalarType.Float, (long) rows * vocabulary);
        slots = new Slot[rows];
    }

    /** Takes over what a plan says of slots, and begins its step's rows. */
    void begin(StepPlan plan) {
        adjustments = 0;
        scored = 0;
        most = 0;
        for (int i = 0; i < plan.endedSlots(); i++) {
            end(plan.endedSlot(i));
        }
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.has(row, StepPlan.FLAG_NEW_SLOT) || plan.changesSampling(row)) {
                end(plan.slot(row));
            }
            if (plan.changesSampling(row)) {
                begin(plan.slot(row), plan.sampling(row));
            }
        }
    }

    private void end(int slot) {
        if (slots[slot] != null && slots[slot].device != null) {
            slots[slot].device.close();
        }
        slots[slot] = null;
    }

    private void begin(int slot, SamplingState newState) {
        if (newState.plain()) {
            slots[slot] = new Slot(newState, new SlotLists(newState, vocabulary), null);
            return;
        }
        SlotLists lists = new SlotLists(newState, vocabulary);
        Tensor device = uploads.upload(lists.ints(), lists.size());
        slots[slot] = new Slot(newState, lists, device);
        if (newState.penalised()) {
            Pointer own = new BytePointer(counts.data_ptr()).position((long) slot * vocabulary * Short.BYTES);
            CudaContext.check(
                    cudart.cudaMemsetAsync(own, 0, (long) vocabulary * Short.BYTES, context.stream()), "clear counts");
            kernels.countTokens(counts, slot, device, lists.promptAt, lists.prompt, CountKind.PROMPT);
            kernels.countTokens(counts, slot, device, lists.outputAt, lists.output, CountKind.DRAWN);
        }
    }

    /**
     * Writes what the step samples from a row of its logits.
     *
     * @param at the row of logits
     * @param plan with the row
     * @param row of the plan
     * @param mask the row's mask, or -1
     */
    void row(int at, StepPlan plan, int row, int mask) {
        int number = plan.slot(row);
        int index = plan.outputIndex(row);
        Slot slot = slots[number];
        if (slot == null) {
            throw new IllegalStateException("a row samples from a slot that was given no sampling state");
        }
        SamplingState sampling = slot.state;
        boolean counted = sampling.penalised();
        if (counted && slot.drawn == index) {
            kernels.countTokens(counts, number, lastSampled, number, 1, CountKind.TAKEN_BACK);
        }
        slot.drawn = index;
        int length = sampling.promptTokens().length() + index;
        SlotLists lists = slot.lists;
        state[0] = Float.floatToRawIntBits(sampling.temperature());
        state[1] = Float.floatToRawIntBits(sampling.topP());
        state[2] = Float.floatToRawIntBits(sampling.minP());
        state[3] = sampling.topK();
        putLong(state, 4, sampling.seed());
        state[6] = index;
        state[7] = number;
        long ownCounts = counted ? countsAddress + (long) number * vocabulary * Short.BYTES : 0;
        putLong(state, 8, ownCounts);
        long newest = lists.historyAt + (length & lists.historyMask);
        putLong(state, 10, lists.remembers() ? slot.address + newest * Integer.BYTES : 0);
        boolean adjusts = slot.adjusts(index);
        state[12] = adjusts ? adjustments : -1;
        buffers.state(at, state, mask);
        if (adjusts) {
            adjustment[0] = at;
            adjustment[1] = lists.biases;
            adjustment[2] = slot.holdsEndsBack(index) ? lists.ends : 0;
            adjustment[3] = lists.badWords;
            putLong(adjustment, 4, ownCounts);
            putLong(adjustment, 6, slot.address);
            adjustment[8] = Float.floatToRawIntBits(sampling.presencePenalty());
            adjustment[9] = Float.floatToRawIntBits(sampling.frequencyPenalty());
            adjustment[10] = Float.floatToRawIntBits(sampling.repetitionPenalty());
            adjustment[11] = lists.endsAt;
            adjustment[12] = lists.badWordsAt;
            adjustment[13] = lists.allowedAt;
            adjustment[14] = lists.historyAt;
            adjustment[15] = lists.historyMask;
            adjustment[16] = length;
            buffers.adjustment(adjustments++, adjustment);
        }
        if (plan.has(row, StepPlan.FLAG_LOGPROBS)) {
            int wanted = Math.min(plan.logprobs(row), vocabulary);
            buffers.scored(scored++, at, wanted);
            most = Math.max(most, wanted);
        }
    }

    private static void putLong(int[] ints, int at, long value) {
        ints[at] = (int) value;
        ints[at + 1] = (int) (value >>> 32);
    }

    /**
     * Enqueues adjusting, drawing and log probabilities of the rows written since {@link #begin}, and the way back of what they yield.
     *
     * @param step they belong to
     * @param logits of its rows
     * @param masks of its masked rows, or null if it has none
     */
    void sample(CudaStep step, Tensor logits, StepMasks masks) {
        int rows = step.sampledRows.length;
        if (rows > 0) {
            Tensor maskWords = masks == null ? null : buffers.uploadMasks(masks);
            if (adjustments > 0) {
                kernels.adjust(logits, buffers.adjustments, adjusted, adjustments);
            }
            kernels.sample(
                    logits,
                    adjusted,
                    buffers.states,
                    maskWords,
                    masks == null ? null : buffers.maskRows,
                    buffers.result(),
                    lastSampled,
                    rows);
            if (scored > 0) {
                step.mostScored = most;
                Tensor scores = buffers.scores(scored * scoreInts(most));
                kernels.logprobs(logits, buffers.scored, buffers.result(), scores, most, scored);
            }
        }
        buffers.download(rows, scored * scoreInts(most));
    }

    private static int scoreInts(int likeliest) {
        return 2 + 2 * likeliest;
    }

    /** Copies what a step yielded, which has been awaited. */
    void read(CudaStep step, StepResult into) {
        StepPlan plan = step.plan;
        int[] place = new int[plan.rows()];
        int[] score = new int[plan.rows()];
        int scores = 0;
        for (int i = 0; i < step.sampledRows.length; i++) {
            int row = step.sampledRows[i];
            place[row] = i;
            if (plan.has(row, StepPlan.FLAG_LOGPROBS)) {
                score[row] = scores++ * scoreInts(step.mostScored);
            }
        }
        into.begin();
        for (int row = 0; row < place.length; row++) {
            if (!plan.has(row, StepPlan.FLAG_SAMPLE)) {
                into.endRow();
                continue;
            }
            int token = buffers.resultOf(step.buffer, place[row]);
            if (token < 0) {
                into.endFailedRow();
                continue;
            }
            if (plan.has(row, StepPlan.FLAG_LOGPROBS)) {
                addScored(step, token, score[row], Math.min(plan.logprobs(row), vocabulary), into);
            } else {
                into.addToken(token);
            }
            into.endRow();
        }
    }

    private void addScored(CudaStep step, int token, int at, int likeliest, StepResult into) {
        int[] ids = likeliest == 0 ? NO_TOKENS : new int[likeliest];
        float[] logprobs = likeliest == 0 ? NO_LOGPROBS : new float[likeliest];
        for (int i = 0; i < likeliest; i++) {
            ids[i] = buffers.scoreOf(step.buffer, at + 2 + i);
            logprobs[i] = Float.intBitsToFloat(buffers.scoreOf(step.buffer, at + 2 + step.mostScored + i));
        }
        float logprob = Float.intBitsToFloat(buffers.scoreOf(step.buffer, at));
        into.addToken(token, logprob, buffers.scoreOf(step.buffer, at + 1), ids, logprobs);
    }

    /** Forgets how slots sample. */
    void reset() {
        for (int slot = 0; slot < slots.length; slot++) {
            end(slot);
        }
    }

    @Override
    public void close() {
        reset();
        uploads.close();
        counts.close();
        adjusted.close();
    }
}
