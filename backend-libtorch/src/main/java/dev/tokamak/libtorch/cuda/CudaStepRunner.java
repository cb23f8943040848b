package dev.tokamak.libtorch.cuda;

import dev.tokamak.libtorch.attention.PromptChunks;
import dev.tokamak.libtorch.cache.CudaKvCache;
import dev.tokamak.libtorch.kernels.KernelShape;
import dev.tokamak.libtorch.kernels.Kernels;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.sampling.Sampler;
import dev.tokamak.libtorch.step.SampledPositions;
import dev.tokamak.libtorch.step.SampledStep;
import dev.tokamak.libtorch.step.Slot;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Enqueues steps on a CUDA device: inputs, forward pass, sampling.
 *
 * <p>Implementation notes. Rows whose sampling needs nothing but the logits, a mask and numbers go through one kernel. Steps with
 * others (penalties, bias, log probabilities) run {@link Sampler} instead, which waits for its tokens; so they cost the overlap
 * of that step.
 */
public final class CudaStepRunner implements AutoCloseable {
    private final CudaContext context;
    private final ComputeDevice device;
    private final Kernels kernels;
    private final CudaKvCache cache;
    private final CudaStepBuffers buffers;
    private final CudaForward forward;
    private final CudaGraphs graphs;
    private final Sampler sampler;
    private final Slot[] slots;
    private final int[] maskOfRow;
    private final int vocabulary;
    private final int paddingSlot;
    private final int contextCapacity;
    private final CudaTimeline timeline;
    private int changes;

    public CudaStepRunner(
            CudaContext context,
            ComputeDevice device,
            Transformer model,
            CudaOperators operators,
            Kernels kernels,
            KernelShape shape,
            CudaKvCache cache,
            int tokens,
            int rows,
            int maxModelLen,
            int contextCapacity,
            int inFlight,
            boolean capture) {
        this.context = context;
        this.device = device;
        this.kernels = kernels;
        this.cache = cache;
        this.vocabulary = model.vocabulary();
        this.paddingSlot = rows;
        this.contextCapacity = contextCapacity;
        int widest = Math.max(tokens, rows);
        this.buffers = new CudaStepBuffers(context, widest, rows, cache.maxBlocks(), inFlight);
        this.forward = new CudaForward(
                model,
                operators,
                device,
                context,
                kernels,
                shape,
                buffers,
                cache,
                widest,
                rows,
                maxModelLen,
                contextCapacity);
        this.graphs = capture ? new CudaGraphs(context) : null;
        this.sampler = new Sampler(device);
        this.timeline = CudaTimeline.create(context);
        this.maskOfRow = new int[rows];
        this.slots = new Slot[rows];
        for (int i = 0; i < rows; i++) {
            slots[i] = new Slot();
        }
    }

    /**
     * Enqueues a step's forward pass.
     *
     * @param plan what to do
     * @param before the step enqueued before it that was not awaited yet, or null
     * @return the step, to be sampled
     */
    public CudaStep launch(StepPlan plan, CudaStep before) {
        buffers.next();
        timeline.begin(plan.rows(), plan.tokens());
        changes = 0;
        int masks = 0;
        for (int row = 0; row < plan.rows(); row++) {
            // Masks come in the plan's order of rows.
            maskOfRow[row] = plan.has(row, StepPlan.FLAG_NEEDS_MASK) ? masks++ : -1;
        }
        updateSlots(plan);
        for (int row = 0; row < plan.rows(); row++) {
            int base = plan.slot(row) * cache.maxBlocks();
            plan.forEachBlockChange(row, (group, start, ids, from, count) -> {
                for (int i = 0; i < count; i++) {
                    change(base + start + i, ids[from + i]);
                }
            });
        }
        boolean singlesOnly = plan.tokens() == plan.rows() && plan.sampledRows() == plan.rows();
        return singlesOnly ? launchDecode(plan) : launchMixed(plan);
    }

    private void updateSlots(StepPlan plan) {
        PointerScope scope = new PointerScope();
        try {
            for (int i = 0; i < plan.endedSlots(); i++) {
                slots[plan.endedSlot(i)].close();
            }
            for (int row = 0; row < plan.rows(); row++) {
                slots[plan.slot(row)].update(plan, row, device, vocabulary);
            }
        } finally {
            scope.close();
        }
    }

    private void change(int index, int value) {
        if (changes == buffers.maxChanges()) {
            buffers.uploadChanges(changes);
            kernels.updateTables(cache.tables(), buffers.tableChanges, changes);
            context.synchronize();
            changes = 0;
        }
        buffers.change(changes++, index, value);
    }

    private void upload() {
        buffers.upload(changes);
        if (changes > 0) {
            kernels.updateTables(cache.tables(), buffers.tableChanges, changes);
        }
    }

    private CudaStep launchDecode(StepPlan plan) {
        int rows = plan.rows();
        int[] sampled = new int[rows];
        for (int row = 0; row < rows; row++) {
            sampled[row] = row;
            token(row, plan, row, plan.tokenOffset(row));
            state(row, plan, row);
        }
        int size = graphs == null ? rows : CudaGraphs.bucket(rows);
        for (int row = rows; row < size; row++) {
            buffers.token(row, 0, paddingSlot, 0);
        }
        upload();
        if (graphs == null) {
            forward.decode(rows);
        } else {
            graphs.run(size, () -> forward.decode(size));
        }
        return new CudaStep(plan, sampled, buffers.current());
    }

    private void token(int at, StepPlan plan, int row, int index) {
        buffers.token(at, plan.tokenIds()[index], plan.slot(row), plan.position(row) + index - plan.tokenOffset(row));
    }

    private void state(int at, StepPlan plan, int row) {
        int slot = plan.slot(row);
        SamplingState state = slots[slot].sampling().state();
        buffers.state(
                at,
                state.temperature(),
                state.topP(),
                state.minP(),
                state.topK(),
                state.seed(),
                plan.outputIndex(row),
                slot,
                maskOfRow[row]);
    }

    /** Single tokens first, then chunks of prompts. */
    private CudaStep launchMixed(StepPlan plan) {
        int[] sampled = new int[plan.sampledRows()];
        int count = 0;
        int at = 0;
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.tokenCount(row) == 1) {
                token(at, plan, row, plan.tokenOffset(row));
                count = sampled(plan, row, at, sampled, count);
                at++;
            }
        }
        int singles = at;
        int prompts = 0;
        PromptChunks chunks = new PromptChunks(contextCapacity);
        for (int row = 0; row < plan.rows(); row++) {
            int length = plan.tokenCount(row);
            if (length > 1) {
                for (int i = 0; i < length; i++) {
                    token(at++, plan, row, plan.tokenOffset(row) + i);
                }
                count = sampled(plan, row, at - 1, sampled, count);
                PromptChunks.Group group = chunks.add(length, plan.position(row) + length);
                int begins = chunks.beginsAt(chunks.groups().size() - 1);
                if (group.rows() == 1) {
                    buffers.begins(begins, 0, 0);
                }
                buffers.begins(begins + group.rows(), group.contextTokens(), group.tokens());
                buffers.prefill(prompts++, plan.slot(row));
            }
        }
        upload();
        forward.mixed(at, singles, chunks.isEmpty() ? null : chunks, count);
        return new CudaStep(plan, sampled, buffers.current());
    }

    private int sampled(StepPlan plan, int row, int token, int[] rows, int count) {
        if (!plan.has(row, StepPlan.FLAG_SAMPLE)) {
            return count;
        }
        buffers.sampled(count, token);
        state(count, plan, row);
        rows[count] = row;
        return count + 1;
    }

    /**
     * Enqueues a step's sampling.
     *
     * @param step launched last
     * @param masks of its masked rows, or null if it has none
     */
    public void sample(CudaStep step, StepMasks masks) {
        int rows = step.sampledRows.length;
        if (rows > 0 && plain(step)) {
            Tensor maskWords = masks == null ? null : buffers.uploadMasks(masks);
            PointerScope scope = new PointerScope();
            try {
                kernels.sample(
                        forward.logitsBuffer(),
                        buffers.states,
                        maskWords,
                        masks == null ? null : buffers.maskRows,
                        buffers.result(),
                        forward.lastSampled(),
                        rows);
            } finally {
                scope.close();
            }
            buffers.download(rows);
            timeline.end();
        } else {
            if (rows > 0) {
                step.sampled = sampleSlowly(step, masks);
            }
            buffers.download(0);
            timeline.end();
        }
    }

    private boolean plain(CudaStep step) {
        for (int row : step.sampledRows) {
            if (step.plan.has(row, StepPlan.FLAG_LOGPROBS)
                    || !slots[step.plan.slot(row)].sampling().state().plain()) {
                return false;
            }
        }
        return true;
    }

    private SampledStep sampleSlowly(CudaStep step, StepMasks masks) {
        PointerScope scope = new PointerScope();
        try {
            int rows = step.sampledRows.length;
            // In the plan's order, which the sampler keeps to.
            long[] place = new long[rows];
            long[] byRow = new long[step.plan.rows()];
            for (int i = 0; i < rows; i++) {
                byRow[step.sampledRows[i]] = i;
            }
            int next = 0;
            for (int row = 0; row < byRow.length; row++) {
                if (step.plan.has(row, StepPlan.FLAG_SAMPLE)) {
                    place[next++] = byRow[row];
                }
            }
            Tensor logits = torch.index_select(forward.logitsBuffer(), 0, device.upload(place, rows))
                    .to(ScalarType.Float);
            Tensor last = forward.lastSampled().to(ScalarType.Long);
            SampledStep sampled =
                    sampler.sample(logits, step.plan, new SampledPositions(step.plan), slots, masks, last);
            forward.lastSampled().copy_(last);
            return sampled;
        } finally {
            scope.close();
        }
    }

    /** Waits for a step and copies what it yielded. */
    public void await(CudaStep step, StepResult into) {
        buffers.await(step.buffer);
        if (step.sampled != null) {
            step.sampled.fill(step.plan, into);
            return;
        }
        int[] token = new int[step.plan.rows()];
        for (int i = 0; i < step.sampledRows.length; i++) {
            token[step.sampledRows[i]] = buffers.resultOf(step.buffer, i);
        }
        into.begin();
        for (int row = 0; row < token.length; row++) {
            if (!step.plan.has(row, StepPlan.FLAG_SAMPLE)) {
                into.endRow();
            } else if (token[row] < 0) {
                into.endFailedRow();
            } else {
                into.addToken(token[row]);
                into.endRow();
            }
        }
    }

    /** Drops the state of all slots. */
    public void reset() {
        for (Slot slot : slots) {
            slot.close();
        }
    }

    @Override
    public void close() {
        reset();
        if (graphs != null) {
            graphs.close();
        }
        forward.close();
        buffers.close();
        timeline.close();
    }
}
