package dev.tokamak.libtorch.step;

import dev.tokamak.libtorch.sampling.SlotSampling;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepPlan;
import java.util.Arrays;

/** What the executor keeps of a running sequence: its block table and how it samples. Used on the tensor thread only. */
public final class Slot implements AutoCloseable {
    private int[] blocks = new int[8];
    private SlotSampling sampling;

    /** Drops what the slot held. */
    @Override
    public void close() {
        if (sampling != null) {
            sampling.close();
            sampling = null;
        }
    }

    /**
     * Takes over what a plan's row changes.
     *
     * @param plan with the row
     * @param row from 0
     * @param device for what sampling keeps there
     * @param vocabulary the width of the logits
     */
    public void update(StepPlan plan, int row, ComputeDevice device, int vocabulary) {
        if (plan.has(row, StepPlan.FLAG_NEW_SLOT)) {
            close();
        }
        plan.forEachBlockChange(row, (group, start, ids, from, count) -> setBlocks(start, ids, from, count));
        if (plan.changesSampling(row)) {
            SamplingState state = plan.sampling(row);
            close();
            sampling = new SlotSampling(state, device, vocabulary);
        }
    }

    private void setBlocks(int start, int[] ids, int from, int count) {
        if (start + count > blocks.length) {
            blocks = Arrays.copyOf(blocks, Math.max(start + count, blocks.length * 2));
        }
        System.arraycopy(ids, from, blocks, start, count);
    }

    /** Block ids by position; shared. */
    int[] blocks() {
        return blocks;
    }

    /** How the slot samples. */
    public SlotSampling sampling() {
        if (sampling == null) {
            throw new IllegalStateException("a row samples from a slot that was given no sampling state");
        }
        return sampling;
    }
}
