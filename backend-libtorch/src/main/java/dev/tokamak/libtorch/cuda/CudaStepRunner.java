package dev.tokamak.libtorch.cuda;

import dev.tokamak.libtorch.attention.PromptChunks;
import dev.tokamak.libtorch.cache.CudaKvCache;
import dev.tokamak.libtorch.kernels.KernelShape;
import dev.tokamak.libtorch.kernels.Kernels;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import org.bytedeco.javacpp.PointerScope;

/** Enqueues steps on a CUDA device: inputs, forward pass, sampling. */
public final class CudaStepRunner implements AutoCloseable {
    private final CudaContext context;
    private final Kernels kernels;
    private final CudaKvCache cache;
    private final CudaStepBuffers buffers;
    private final CudaForward forward;
    private final CudaGraphs graphs;
    private final CudaSampling sampling;
    private final int[] maskOfRow;
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
        this.kernels = kernels;
        this.cache = cache;
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
        this.sampling = new CudaSampling(context, kernels, buffers, forward.lastSampled(), rows, model.vocabulary());
        this.timeline = CudaTimeline.create(context);
        this.maskOfRow = new int[rows];
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
        PointerScope scope = new PointerScope();
        try {
            sampling.begin(plan);
        } finally {
            scope.close();
        }
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
            sampling.row(row, plan, row, maskOfRow[row]);
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
        sampling.row(count, plan, row, maskOfRow[row]);
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
        PointerScope scope = new PointerScope();
        try {
            sampling.sample(step, forward.logitsBuffer(), masks);
        } finally {
            scope.close();
        }
        timeline.end();
    }

    /** Waits for a step and copies what it yielded. */
    public void await(CudaStep step, StepResult into) {
        buffers.await(step.buffer);
        sampling.read(step, into);
    }

    /** Prepares what takes time when it is first used. */
    public void warmUp() {
        forward.warmUp(context.computeCapability());
    }

    /** Drops the state of all slots. */
    public void reset() {
        sampling.reset();
    }

    @Override
    public void close() {
        sampling.close();
        if (graphs != null) {
            graphs.close();
        }
        forward.close();
        buffers.close();
        timeline.close();
    }
}
