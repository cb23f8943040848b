package dev.tokamak.libtorch.sampling;

import dev.tokamak.libtorch.operators.DrawInputs;
import dev.tokamak.libtorch.step.SampledPositions;
import dev.tokamak.libtorch.step.SampledStep;
import dev.tokamak.libtorch.step.Slot;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Takes a step's logits to tokens: what single rows ask for first (bias, penalties, masks), then the draw for all rows at once.
 * Rows that ask for nothing stay on the fast path. Used on the tensor thread only.
 */
public final class Sampler {
    /** The token of a position behind a draft that was wrong. */
    private static final long UNREACHED = -2;

    private final ComputeDevice device;
    private final AtenDraw draw;
    private final HostMasks hostMasks = new HostMasks();
    private final Logprobs logprobs;

    public Sampler(ComputeDevice device) {
        this.device = device;
        this.draw = new AtenDraw(device);
        this.logprobs = new Logprobs(device);
    }

    /**
     * Samples the positions of a plan that ask for it.
     *
     * @param logits float32 {@code [positions, vocabulary]}, changed in place
     * @param plan whose positions the logits are for
     * @param positions of the plan, in order
     * @param slots of the plan
     * @param masks for the positions that need one; null if none does
     * @param lastSampled int64 {@code [slots]}, to which the sampled tokens are written
     * @return what was sampled, on the host
     */
    public SampledStep sample(
            Tensor logits,
            StepPlan plan,
            SampledPositions positions,
            Slot[] slots,
            StepMasks masks,
            Tensor lastSampled) {
        int vocabulary = (int) logits.size(1);
        int[] wanting = withFlag(positions, StepPlan.FLAG_LOGPROBS);
        Tensor raw = wanting.length == 0 ? null : rawLogprobs(logits, wanting, positions.count());
        adjust(logits, positions, slots);
        if (masks != null) {
            mask(logits, positions, masks, vocabulary);
        }
        Tensor ids = draw.draw(logits, new Draw(positions, slots));
        Tensor valid;
        try (Scalar zero = new Scalar(0)) {
            valid = ids.clamp_min(zero);
        }
        long[] host = new long[positions.count()];
        if (plan.draftTokens() == 0) {
            lastSampled.index_copy_(0, slotIndex(positions), valid);
            record(positions, slots, valid);
            device.download(ids, host, host.length);
        } else {
            device.download(ids, host, host.length);
            verify(positions, slots, host, lastSampled);
        }
        remember(positions, slots, host);
        SampledStep sampled = new SampledStep(positions, host);
        if (raw != null) {
            Tensor own = wanting.length == host.length ? valid : torch.index_select(valid, 0, index(wanting));
            logprobs.read(raw, own, i -> plan.logprobs(positions.row(wanting[i])), i -> wanting[i], sampled.logprobs());
        }
        return sampled;
    }

    /** The places of the positions whose rows have a flag. */
    private static int[] withFlag(SampledPositions positions, int flag) {
        int[] places = new int[positions.count()];
        int count = 0;
        for (int i = 0; i < places.length; i++) {
            if (positions.has(i, flag)) {
                places[count++] = i;
            }
        }
        return Arrays.copyOf(places, count);
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

    /** Each position as if the drafts before it had been drawn; {@link #verify} takes back what was not. */
    private void adjust(Tensor logits, SampledPositions positions, Slot[] slots) {
        for (int i = 0; i < positions.count(); i++) {
            SlotSampling sampling = slots[positions.slot(i)].sampling();
            if (!sampling.state().plain()) {
                // A scope of its own, so that all rows use the same memory.
                PointerScope scope = new PointerScope();
                try {
                    sampling.adjust(logits.select(0, i), positions.outputIndex(i));
                    if (positions.draft(i) >= 0) {
                        sampling.assume(positions.draft(i));
                    }
                } finally {
                    scope.close();
                }
            }
        }
    }

    private void mask(Tensor logits, SampledPositions positions, StepMasks masks, int vocabulary) {
        int[] masked = withFlag(positions, StepPlan.FLAG_NEEDS_MASK);
        if (device.cpu()) {
            hostMasks.refuse(logits, masked, masks);
        } else if (masked.length == positions.count()) {
            refuse(logits, masks, vocabulary);
        } else {
            Tensor index = index(masked);
            Tensor own = torch.index_select(logits, 0, index);
            refuse(own, masks, vocabulary);
            logits.index_copy_(0, index, own);
        }
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

    private Tensor slotIndex(SampledPositions positions) {
        int[] index = new int[positions.count()];
        for (int i = 0; i < index.length; i++) {
            index[i] = positions.slot(i);
        }
        return index(index);
    }

    private static void record(SampledPositions positions, Slot[] slots, Tensor valid) {
        for (int i = 0; i < positions.count(); i++) {
            SlotSampling sampling = slots[positions.slot(i)].sampling();
            if (sampling.state().penalised()) {
                sampling.record(valid.narrow(0, i, 1));
            }
        }
    }

    /** Goes along each row as far as its drafts were drawn, and makes its slot what it would be without them. */
    private void verify(SampledPositions positions, Slot[] slots, long[] ids, Tensor lastSampled) {
        for (int i = 0; i < ids.length; i++) {
            boolean first = positions.draftsBefore(i) == 0;
            boolean reached = first || ids[i - 1] == positions.draft(i - 1) && ids[i - 1] >= 0;
            if (!reached) {
                ids[i] = UNREACHED;
            }
        }
        long[] slot = new long[ids.length];
        long[] token = new long[ids.length];
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            SlotSampling sampling = slots[positions.slot(i)].sampling();
            boolean last = ids[i] >= 0 && ids[i] != positions.draft(i);
            if (!sampling.state().plain() && positions.draft(i) >= 0 && (last || ids[i] == UNREACHED)) {
                sampling.takeBack(positions.draft(i));
            }
            if (last) {
                slot[count] = positions.slot(i);
                token[count++] = ids[i];
                sampling.record((int) ids[i]);
            }
        }
        if (count > 0) {
            lastSampled.index_copy_(0, device.upload(slot, count), device.upload(token, count));
        }
    }

    /** Tells slots what was drawn last; drafts that were right they know already. */
    private static void remember(SampledPositions positions, Slot[] slots, long[] ids) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] >= 0 && ids[i] != positions.draft(i)) {
                slots[positions.slot(i)].sampling().append((int) ids[i]);
            }
        }
    }

    /** The sampled positions' parameters. */
    private static final class Draw implements DrawInputs {
        private final SampledPositions positions;
        private final SamplingState[] states;

        Draw(SampledPositions positions, Slot[] slots) {
            this.positions = positions;
            this.states = new SamplingState[positions.count()];
            for (int i = 0; i < states.length; i++) {
                states[i] = slots[positions.slot(i)].sampling().state();
            }
        }

        @Override
        public int rows() {
            return states.length;
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
            return Philox.uniform(states[row].seed(), positions.outputIndex(row));
        }
    }
}
