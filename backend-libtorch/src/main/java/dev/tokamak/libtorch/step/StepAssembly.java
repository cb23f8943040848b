package dev.tokamak.libtorch.step;

import dev.tokamak.libtorch.operators.StepInputs;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.StepPlan;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Turns a plan into what the forward pass is told. One is used again for every step; tensors live in the step's scope. */
public final class StepAssembly implements StepInputs {
    private final ComputeDevice device;
    private final Tensor[] rotaryTables;
    private final Tensor[] rotary;
    private final boolean recurrent;
    private StepPlan plan;
    private Tensor rowSlots;
    private Tensor freshSlots;
    private int blockSize;
    private Slot[] slots;
    private long[] tokenValues = new long[256];
    private long[] positionValues = new long[256];
    private long[] cacheRowValues = new long[256];
    private Tensor tokenIds;
    private Tensor positions;
    private Tensor tokenTypes;
    private final Tensor[] cacheRows;
    private Tensor sampledTokens;

    /**
     * @param device of the model
     * @param rotaryTables each float32 {@code [context, headDim / 2, 2]}; owned by the caller
     * @param groups of layers that have block tables of their own
     * @param recurrent whether layers have states in slots
     */
    StepAssembly(ComputeDevice device, Tensor[] rotaryTables, int groups, boolean recurrent) {
        this.recurrent = recurrent;
        this.device = device;
        this.rotaryTables = rotaryTables;
        this.rotary = new Tensor[rotaryTables.length];
        this.cacheRows = new Tensor[groups];
    }

    /**
     * Begins a step.
     *
     * @param newPlan what to do
     * @param newSlots with the plan's changes
     * @param lastSampled int64 {@code [slots]}: the token that each slot sampled last
     * @param newBlockSize of the cache; 0 for a model without one
     */
    void begin(StepPlan newPlan, Slot[] newSlots, Tensor lastSampled, int newBlockSize) {
        plan = newPlan;
        slots = newSlots;
        blockSize = newBlockSize;
        if (tokenValues.length < plan.tokens()) {
            int length = plan.tokens() * 2;
            tokenValues = new long[length];
            positionValues = new long[length];
            cacheRowValues = new long[length];
        }
        long[] unknownTokens = new long[plan.rows()];
        long[] unknownSlots = new long[plan.rows()];
        int unknown = 0;
        for (int row = 0; row < plan.rows(); row++) {
            int last = rowStart(row + 1) - 1 - plan.drafts(row);
            fillRow(row);
            if (plan.tokenIds()[last] == StepPlan.LAST_SAMPLED) {
                unknownTokens[unknown] = last;
                unknownSlots[unknown++] = plan.slot(row);
            }
        }
        upload();
        if (recurrent) {
            findSlots();
        }
        if (unknown > 0) {
            Tensor known = torch.index_select(lastSampled, 0, device.upload(unknownSlots, unknown));
            tokenIds.index_copy_(0, device.upload(unknownTokens, unknown), known);
        }
    }

    private void fillRow(int row) {
        int position = plan.position(row);
        for (int i = rowStart(row); i < rowStart(row + 1); i++, position++) {
            tokenValues[i] = Math.max(0, plan.tokenIds()[i]);
            positionValues[i] = position;
        }
    }

    private void findSlots() {
        long[] all = new long[plan.rows()];
        long[] fresh = new long[plan.rows()];
        int count = 0;
        for (int row = 0; row < plan.rows(); row++) {
            all[row] = plan.slot(row);
            if (plan.position(row) == 0) {
                fresh[count++] = plan.slot(row);
            }
        }
        rowSlots = device.upload(all, all.length);
        freshSlots = count == 0 ? null : device.upload(fresh, count);
    }

    private Tensor locate(int group) {
        for (int row = 0; row < plan.rows(); row++) {
            int[] table = blockTable(row, group);
            int position = plan.position(row);
            for (int i = rowStart(row); i < rowStart(row + 1); i++, position++) {
                cacheRowValues[i] = (long) table[position / blockSize] * blockSize + position % blockSize;
            }
        }
        return device.upload(cacheRowValues, tokens());
    }

    private void upload() {
        tokenIds = device.upload(tokenValues, tokens());
        positions = device.upload(positionValues, tokens());
        tokenTypes = types();
        Arrays.setAll(cacheRows, this::locate);
        for (int i = 0; i < rotary.length; i++) {
            rotary[i] = torch.index_select(rotaryTables[i], 0, positions);
        }
        sampledTokens = plan.sampledPositions() == 0 || plan.sampledPositions() == tokens() ? null : sampled();
    }

    /** Null where no row has a second text. */
    private Tensor types() {
        long[] types = null;
        for (int row = 0; row < plan.rows(); row++) {
            int second = plan.secondText(row);
            if (second >= 0) {
                types = types == null ? new long[tokens()] : types;
                int from = rowStart(row) + Math.max(0, second - plan.position(row));
                for (int i = from; i < rowStart(row + 1); i++) {
                    types[i] = 1;
                }
            }
        }
        return types == null ? null : device.upload(types, types.length);
    }

    private Tensor sampled() {
        SampledPositions sampled = new SampledPositions(plan);
        long[] index = new long[sampled.count()];
        for (int i = 0; i < index.length; i++) {
            index[i] = sampled.token(i);
        }
        return device.upload(index, index.length);
    }

    @Override
    public int rows() {
        return plan.rows();
    }

    @Override
    public int tokens() {
        return plan.tokens();
    }

    @Override
    public int rowStart(int row) {
        return row == plan.rows() ? plan.tokens() : plan.tokenOffset(row);
    }

    @Override
    public int position(int row) {
        return plan.position(row);
    }

    @Override
    public int slot(int row) {
        return plan.slot(row);
    }

    @Override
    public Tensor slots() {
        return rowSlots;
    }

    @Override
    public Tensor freshSlots() {
        return freshSlots;
    }

    @Override
    public int[] blockTable(int row, int group) {
        return slots[plan.slot(row)].blocks(group);
    }

    @Override
    public Tensor tokenIds() {
        return tokenIds;
    }

    @Override
    public Tensor positions() {
        return positions;
    }

    @Override
    public Tensor tokenTypes() {
        return tokenTypes;
    }

    @Override
    public Tensor cacheRows(int group) {
        return cacheRows[group];
    }

    @Override
    public Tensor rotary(int table) {
        return rotary[table];
    }

    @Override
    public Tensor sampledTokens() {
        return sampledTokens;
    }
}
