package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * What a forward pass is told of its step. Row data is on the host, for operators that arrange their work there; token data, and
 * row data for kernels, is on the device. Valid during the step only.
 *
 * @since 0.1
 */
@Incubating
public interface StepInputs {
    /**
     * How many sequences take part.
     *
     * @return 1 or more
     */
    int rows();

    /**
     * How many tokens all rows have together.
     *
     * @return 1 or more
     */
    int tokens();

    /**
     * A row's first token among all tokens.
     *
     * @param row from 0; {@link #rows()} gives {@link #tokens()}
     * @return an index
     */
    int rowStart(int row);

    /**
     * How many tokens of a row's sequence were computed before this step.
     *
     * @param row from 0
     * @return 0 or more
     */
    int position(int row);

    /**
     * How many tokens of a row's sequence are computed after this step.
     *
     * @param row from 0
     * @return {@link #position} and the row's own tokens
     */
    default int contextLength(int row) {
        return position(row) + rowStart(row + 1) - rowStart(row);
    }

    /**
     * A row's slot.
     *
     * @param row from 0
     * @return where the row's sequence keeps its state
     */
    int slot(int row);

    /**
     * The slots of all rows.
     *
     * @return int64 {@code [rows]} on the device; null for a model without recurrent layers
     */
    Tensor slots();

    /**
     * The slots of rows that begin their sequence.
     *
     * @return int64 on the device, or null if there is none
     */
    Tensor freshSlots();

    /**
     * A row's block table.
     *
     * @param row from 0
     * @param group of layers
     * @return block ids by position; shared, entries beyond the context and behind the group's window are undefined
     */
    int[] blockTable(int row, int group);

    /**
     * The input ids.
     *
     * @return int64 {@code [tokens]} on the device
     */
    Tensor tokenIds();

    /**
     * Each token's position in its sequence.
     *
     * @return int64 {@code [tokens]} on the device
     */
    Tensor positions();

    /**
     * Which part of its sequence each token belongs to, for models that tell the two texts of a pair apart.
     *
     * @return int64 {@code [tokens]} on the device, or null if all belong to the first
     */
    default Tensor tokenTypes() {
        return null;
    }

    /**
     * Each token's row in a layer's cache.
     *
     * @param group of layers
     * @return int64 {@code [tokens]} on the device
     */
    Tensor cacheRows(int group);

    /**
     * Each token's cosines and sines, gathered once a step.
     *
     * @param table which of the model's rotary tables
     * @return float32 {@code [tokens, headDim / 2, 2]} on the device, cosine first
     */
    Tensor rotary(int table);

    /**
     * The tokens that are sampled from.
     *
     * @return int64 {@code [sampled]} on the device, or null if all tokens are
     */
    Tensor sampledTokens();
}
