package dev.tokamak.libtorch.step;

import dev.tokamak.libtorch.sampling.SlotSampling;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepPlan;
import java.util.Arrays;

/** What the executor keeps of a running sequence: its block table and how it samples. Used on the tensor thread only. */
public final class Slot implements AutoCloseable {
    private int[][] blocks = new int[1][8];
    private SlotSampling sampling;
    private PooledPrompt pooled;

    /** Drops what the slot held. */
    @Override
    public void close() {
        if (sampling != null) {
            sampling.close();
            sampling = null;
        }
        pooled = null;
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
        plan.forEachBlockChange(row, this::setBlocks);
        if (plan.changesSampling(row)) {
            SamplingState state = plan.sampling(row);
            close();
            sampling = new SlotSampling(state, device, vocabulary);
        }
    }

    private void setBlocks(int group, int start, int[] ids, int from, int count) {
        if (group >= blocks.length) {
            int before = blocks.length;
            blocks = Arrays.copyOf(blocks, group + 1);
            Arrays.fill(blocks, before, group + 1, new int[0]);
        }
        if (start + count > blocks[group].length) {
            blocks[group] = Arrays.copyOf(blocks[group], Math.max(start + count, blocks[group].length * 2));
        }
        System.arraycopy(ids, from, blocks[group], start, count);
    }

    /** A group's block ids by position; shared. */
    int[] blocks(int group) {
        return blocks[group];
    }

    /** What the vectors of the slot's prompt are made of. */
    PooledPrompt pooled() {
        if (pooled == null) {
            pooled = new PooledPrompt();
        }
        return pooled;
    }

    /** How the slot samples. */
    public SlotSampling sampling() {
        if (sampling == null) {
            throw new IllegalStateException("a row samples from a slot that was given no sampling state");
        }
        return sampling;
    }
}
