package dev.tokamak.libtorch.sampling;

import dev.tokamak.libtorch.operators.DrawInputs;
import dev.tokamak.libtorch.step.SampledStep;
import dev.tokamak.libtorch.step.Slot;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Takes a step's logits to tokens: what single rows ask for first (bias, penalties, masks), then the draw for all rows at once.
 * Rows that ask for nothing stay on the fast path. Used on the tensor thread only.
 */
public final class Sampler {
    private final ComputeDevice device;
    private final AtenDraw draw;
    private final HostMasks hostMasks = new HostMasks();

    public Sampler(ComputeDevice device) {
        this.device = device;
        this.draw = new AtenDraw(device);
    }

    /**
     * Samples the rows of a plan that ask for it.
     *
     * @param logits float32 {@code [sampled rows, vocabulary]}, changed in place
     * @param plan whose sampled rows the logits are for, in order
     * @param slots of the plan
     * @param masks for the rows that need one; null if none does
     * @param lastSampled int64 {@code [slots]}, to which the sampled tokens are written
     * @return what was sampled, on the host
     */
    public SampledStep sample(Tensor logits, StepPlan plan, Slot[] slots, StepMasks masks, Tensor lastSampled) {
        int[] rows = sampledRows(plan);
        int vocabulary = (int) logits.size(1);
        int[] wanting = wanting(plan, rows);
        Tensor raw = wanting.length == 0 ? null : rawLogprobs(logits, wanting, rows.length);
        adjust(logits, plan, rows, slots);
        if (masks != null) {
            mask(logits, plan, rows, masks, vocabulary);
        }
        Tensor ids = draw.draw(logits, new Draw(plan, rows, slots));
        Tensor valid;
        try (Scalar zero = new Scalar(0)) {
            valid = ids.clamp_min(zero);
        }
        lastSampled.index_copy_(0, slotIndex(plan, rows), valid);
        record(plan, rows, slots, valid);
        long[] host = new long[rows.length];
        device.download(ids, host, host.length);
        for (int i = 0; i < rows.length; i++) {
            slots[plan.slot(rows[i])].sampling().append((int) Math.max(0, host[i]));
        }
        SampledStep sampled = new SampledStep(rows, host);
        if (raw != null) {
            logprobs(sampled, raw, valid, plan, rows, wanting);
        }
        return sampled;
    }

    private static int[] sampledRows(StepPlan plan) {
        int[] rows = new int[plan.sampledRows()];
        int count = 0;
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.has(row, StepPlan.FLAG_SAMPLE)) {
                rows[count++] = row;
            }
        }
        return rows;
    }

    /** The places among the sampled rows of those that return log probabilities. */
    private static int[] wanting(StepPlan plan, int[] rows) {
        int[] wanting = new int[rows.length];
        int count = 0;
        for (int i = 0; i < rows.length; i++) {
            if (plan.has(rows[i], StepPlan.FLAG_LOGPROBS)) {
                wanting[count++] = i;
            }
        }
        return Arrays.copyOf(wanting, count);
    }

    private Tensor index(int[] places) {
        long[] index = new long[places.length];
        for (int i = 0; i < index.length; i++) {
            index[i] = places[i];
        }
        return device.upload(index, index.length);
    }

    private Tensor rawLogprobs(Tensor logits, int[] wanting, int all) {
        Tensor own = wanting.length == all ? logits : torch.index_select(logits, 0, index(wanting));
        return torch.log_softmax(own, 1);
    }

    private static void adjust(Tensor logits, StepPlan plan, int[] rows, Slot[] slots) {
        for (int i = 0; i < rows.length; i++) {
            SlotSampling sampling = slots[plan.slot(rows[i])].sampling();
            if (!sampling.state().plain()) {
                // A scope of its own, so that all rows use the same memory.
                PointerScope scope = new PointerScope();
                try {
                    sampling.adjust(logits.select(0, i), plan.outputIndex(rows[i]));
                } finally {
                    scope.close();
                }
            }
        }
    }

    private void mask(Tensor logits, StepPlan plan, int[] rows, StepMasks masks, int vocabulary) {
        int[] masked = masked(plan, rows);
        if (device.cpu()) {
            hostMasks.refuse(logits, masked, masks);
        } else if (masked.length == rows.length) {
            refuse(logits, masks, vocabulary);
        } else {
            Tensor index = index(masked);
            Tensor own = torch.index_select(logits, 0, index);
            refuse(own, masks, vocabulary);
            logits.index_copy_(0, index, own);
        }
    }

    /** The places among the sampled rows of those that have a mask. */
    private static int[] masked(StepPlan plan, int[] rows) {
        int[] masked = new int[plan.maskedPositions()];
        int count = 0;
        for (int i = 0; i < rows.length; i++) {
            if (plan.has(rows[i], StepPlan.FLAG_NEEDS_MASK)) {
                masked[count++] = i;
            }
        }
        return masked;
    }

    /** Refuses tokens in all rows at once: an operation for each row would cost more than the masks do. */
    private void refuse(Tensor logits, StepMasks masks, int vocabulary) {
        int[] bits = new int[32];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = 1 << i;
        }
        int words = masks.wordsPerRow();
        Tensor given = device.upload(masks.words(), masks.rows() * words).view(masks.rows(), words, 1);
        try (Scalar zero = new Scalar(0);
                Scalar minusInfinity = new Scalar(Double.NEGATIVE_INFINITY)) {
            Tensor refused =
                    given.bitwise_and(device.upload(bits, bits.length)).eq(zero).view(masks.rows(), 32L * words);
            long covered = Math.min(vocabulary, 32L * words);
            logits.narrow(1, 0, covered).masked_fill_(refused.narrow(1, 0, covered), minusInfinity);
            if (covered < vocabulary) {
                logits.narrow(1, covered, vocabulary - covered).fill_(minusInfinity);
            }
        }
    }

    private Tensor slotIndex(StepPlan plan, int[] rows) {
        int[] index = new int[rows.length];
        for (int i = 0; i < index.length; i++) {
            index[i] = plan.slot(rows[i]);
        }
        return index(index);
    }

    private static void record(StepPlan plan, int[] rows, Slot[] slots, Tensor valid) {
        for (int i = 0; i < rows.length; i++) {
            SlotSampling sampling = slots[plan.slot(rows[i])].sampling();
            if (sampling.state().penalised()) {
                sampling.record(valid.narrow(0, i, 1));
            }
        }
    }

    private void logprobs(SampledStep sampled, Tensor raw, Tensor valid, StepPlan plan, int[] rows, int[] wanting) {
        int most = 0;
        for (int place : wanting) {
            most = Math.max(most, plan.logprobs(rows[place]));
        }
        most = (int) Math.min(most, raw.size(1));
        Tensor chosen =
                (wanting.length == rows.length ? valid : torch.index_select(valid, 0, index(wanting))).view(-1, 1);
        Tensor own = raw.gather(1, chosen);
        Tensor ranks = raw.gt(own).sum(1);
        float[] ownValues = new float[wanting.length];
        long[] rankValues = new long[wanting.length];
        device.download(own, ownValues, wanting.length);
        device.download(ranks, rankValues, wanting.length);
        float[] topValues = new float[wanting.length * most];
        long[] topIds = new long[wanting.length * most];
        if (most > 0) {
            T_TensorTensor_T top = torch.topk(raw, most, 1, true, true);
            device.download(top.get0(), topValues, topValues.length);
            device.download(top.get1(), topIds, topIds.length);
        }
        for (int i = 0; i < wanting.length; i++) {
            int count = Math.min(most, plan.logprobs(rows[wanting[i]]));
            int[] ids = new int[count];
            float[] values = new float[count];
            for (int j = 0; j < count; j++) {
                ids[j] = (int) topIds[i * most + j];
                values[j] = topValues[i * most + j];
            }
            sampled.setLogprobs(wanting[i], ownValues[i], (int) rankValues[i] + 1, ids, values);
        }
    }

    /** The sampled rows' parameters. */
    private final class Draw implements DrawInputs {
        private final StepPlan plan;
        private final int[] rows;
        private final SamplingState[] states;

        Draw(StepPlan plan, int[] rows, Slot[] slots) {
            this.plan = plan;
            this.rows = rows;
            this.states = new SamplingState[rows.length];
            for (int i = 0; i < rows.length; i++) {
                states[i] = slots[plan.slot(rows[i])].sampling().state();
            }
        }

        @Override
        public int rows() {
            return rows.length;
        }

        @Override
        public float temperature(int row) {
            return states[row].temperature();
        }

        @Override
        public int topK(int row) {
            return states[row].topK();
        }

        @Override
        public float topP(int row) {
            return states[row].topP();
        }

        @Override
        public float minP(int row) {
            return states[row].minP();
        }

        @Override
        public float uniform(int row) {
            return Philox.uniform(states[row].seed(), plan.outputIndex(rows[row]));
        }
    }
}
