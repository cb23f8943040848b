package dev.tokamak.libtorch.step;

import dev.tokamak.libtorch.cache.PagedKvCache;
import dev.tokamak.libtorch.model.Decoder;
import dev.tokamak.libtorch.model.DecoderSpec;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.sampling.Sampler;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Carries out steps, one after another: slots, inputs, forward pass, sampling. Used on the tensor thread only. */
public final class StepRunner implements AutoCloseable {
    private final ComputeDevice device;
    private final Decoder decoder;
    private final PagedKvCache cache;
    private final Sampler sampler;
    private final Slot[] slots;
    private final int vocabulary;
    private final Tensor rotaryTable;
    private final Tensor lastSampled;
    private final StepAssembly assembly;

    /**
     * @param device of the model
     * @param decoder with the weights; owned by the caller
     * @param spec of the decoder
     * @param operators that compute; owned by the caller
     * @param cache owned by the caller
     * @param slotCount how many sequences run at most
     * @param context the longest sequence in tokens
     */
    public StepRunner(
            ComputeDevice device,
            Decoder decoder,
            DecoderSpec spec,
            Operators operators,
            PagedKvCache cache,
            int slotCount,
            int context) {
        this.device = device;
        this.decoder = decoder;
        this.cache = cache;
        this.sampler = new Sampler(operators, device);
        this.vocabulary = spec.vocabulary;
        this.slots = new Slot[slotCount];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot();
        }
        float[] table = spec.rotary.table(context, spec.headDim);
        this.rotaryTable = device.upload(table, table.length).view(context, spec.headDim / 2, 2);
        this.lastSampled = device.zerosLong(slotCount);
        this.assembly = new StepAssembly(device, rotaryTable);
    }

    /**
     * Runs a step to its end.
     *
     * @param plan what to do
     * @param masks asked for when the forward pass is done, if a row needs one
     * @return what was sampled
     */
    public SampledStep run(StepPlan plan, Supplier<StepMasks> masks) {
        PointerScope scope = new PointerScope();
        try {
            return sample(plan, forward(plan), masks);
        } finally {
            scope.close();
        }
    }

    /** Runs a step's forward pass; null if no row is sampled from. The result lives in the scope around the call. */
    Tensor forward(StepPlan plan) {
        for (int row = 0; row < plan.rows(); row++) {
            slots[plan.slot(row)].update(plan, row, device, vocabulary);
        }
        assembly.begin(plan, slots, lastSampled, cache.blockSize());
        try (Tensor hidden = decoder.forward(assembly, cache)) {
            return plan.sampledRows() == 0 ? null : decoder.logits(hidden, sampledTokens(plan));
        }
    }

    private Tensor sampledTokens(StepPlan plan) {
        long[] index = new long[plan.sampledRows()];
        int count = 0;
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.has(row, StepPlan.FLAG_SAMPLE)) {
                index[count++] = assembly.rowStart(row + 1) - 1L;
            }
        }
        return device.upload(index, count);
    }

    private SampledStep sample(StepPlan plan, Tensor logits, Supplier<StepMasks> masks) {
        if (logits == null) {
            return new SampledStep(new int[0], new long[0]);
        }
        return sampler.sample(logits, plan, slots, plan.needsMasks() ? masks.get() : null, lastSampled);
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
        rotaryTable.close();
        lastSampled.close();
    }
}
