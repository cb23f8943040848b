package dev.tokamak.libtorch.step;

import dev.tokamak.libtorch.cache.PagedKvCache;
import dev.tokamak.libtorch.cache.SlotStates;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.AtenOperators;
import dev.tokamak.libtorch.sampling.Sampler;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Carries out steps, one after another: slots, inputs, forward pass, sampling. Used on the tensor thread only. */
public final class StepRunner implements AutoCloseable {
    private final ComputeDevice device;
    private final Transformer model;
    private final AtenOperators operators;
    private final PagedKvCache cache;
    private final Sampler sampler;
    private final Slot[] slots;
    private final int vocabulary;
    private final Tensor[] rotaryTables;
    private final Tensor lastSampled;
    private final StepScores scores;
    private final StepVectors vectors;
    private final StepAssembly assembly;
    private final SlotStates states;

    /**
     * @param device of the model
     * @param model with its weights; owned by the caller
     * @param operators that compute; owned by the caller
     * @param cache owned by the caller; null for a model without one
     * @param slotCount how many sequences run at most
     * @param context the longest sequence in tokens
     */
    public StepRunner(
            ComputeDevice device,
            Transformer model,
            AtenOperators operators,
            PagedKvCache cache,
            int slotCount,
            int context) {
        this.device = device;
        this.model = model;
        this.operators = operators;
        this.cache = cache;
        this.sampler = new Sampler(device);
        this.vocabulary = model.vocabulary();
        this.slots = new Slot[slotCount];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot();
        }
        this.rotaryTables = new Tensor[model.rotaries().size()];
        for (int i = 0; i < rotaryTables.length; i++) {
            rotaryTables[i] = model.rotaries().get(i).values(device, context);
        }
        this.lastSampled = device.zerosLong(slotCount);
        this.scores = new StepScores(device, model, operators);
        this.vectors = new StepVectors(device, model, operators);
        this.assembly = new StepAssembly(
                device,
                rotaryTables,
                cache == null ? 0 : cache.groups(),
                !model.stateShapes().isEmpty());
        this.states = new SlotStates(device, model.stateShapes(), slotCount);
    }

    /**
     * Runs a step to its end.
     *
     * @param plan what to do
     * @param masks asked for when the forward pass is done, if a row needs one
     * @return what it yielded
     */
    public SampledStep run(StepPlan plan, Supplier<StepMasks> masks) {
        PointerScope scope = new PointerScope();
        try {
            begin(plan);
            boolean sampled = plan.sampledPositions() > 0;
            if (plan.scoredPositions() == 0 && !StepVectors.asks(plan)) {
                return sample(plan, model.forward(operators, sampled), masks);
            }
            Tensor stream = model.stream(operators);
            SampledStep step = sample(plan, sampled ? model.logits(stream, operators) : null, masks);
            if (plan.scoredPositions() > 0) {
                scores.add(plan, stream, step);
            }
            vectors.add(plan, stream, slots, step);
            return step;
        } finally {
            scope.close();
        }
    }

    private void begin(StepPlan plan) {
        for (int i = 0; i < plan.endedSlots(); i++) {
            slots[plan.endedSlot(i)].close();
        }
        for (int row = 0; row < plan.rows(); row++) {
            slots[plan.slot(row)].update(plan, row, device, vocabulary);
        }
        assembly.begin(plan, slots, lastSampled, cache == null ? 0 : cache.blockSize());
        operators.begin(assembly, cache, states);
    }

    private SampledStep sample(StepPlan plan, Tensor logits, Supplier<StepMasks> masks) {
        SampledPositions positions = new SampledPositions(plan);
        if (logits == null) {
            return new SampledStep(positions, new long[0]);
        }
        if (TensorType.of(logits) != TensorType.F32) {
            logits = logits.to(ScalarType.Float);
        }
        return sampler.sample(logits, plan, positions, slots, plan.needsMasks() ? masks.get() : null, lastSampled);
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
        for (Tensor table : rotaryTables) {
            table.close();
        }
        lastSampled.close();
        states.close();
    }
}
