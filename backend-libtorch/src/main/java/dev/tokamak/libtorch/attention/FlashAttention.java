package dev.tokamak.libtorch.attention;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.tensors.BoxedOperator;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;

/**
 * FlashAttention-2 (Dao, 2023) over ragged batches, as libtorch carries it: queries, keys and values of all sequences side by
 * side, with the places where each begins.
 */
public final class FlashAttention implements AutoCloseable {
    private final BoxedOperator operator;

    public FlashAttention() {
        this.operator = new BoxedOperator(
                "aten::_flash_attention_forward",
                "(Tensor query, Tensor key, Tensor value, Tensor? cum_seq_q, Tensor? cum_seq_k, SymInt max_q, SymInt max_k,"
                        + " float dropout_p, bool is_causal, bool return_debug_mask, *, float? scale=None,"
                        + " SymInt? window_size_left=None, SymInt? window_size_right=None, Tensor? seqused_k=None,"
                        + " Tensor? alibi_slopes=None, Tensor? block_table=None, int? num_splits=None)");
    }

    /**
     * Causal attention, the last query of each sequence seeing its last key.
     *
     * @param queries [tokens, heads, headDim]
     * @param keys [context tokens, kvHeads, headDim]
     * @param values like keys
     * @param queryBegins [sequences + 1] int32
     * @param keyBegins [sequences + 1] int32
     * @param longestQuery tokens
     * @param longestKey tokens
     * @param shape of the layer
     * @return [tokens, heads, headDim]; lives in the caller's scope
     */
    public Tensor attend(
            Tensor queries,
            Tensor keys,
            Tensor values,
            Tensor queryBegins,
            Tensor keyBegins,
            int longestQuery,
            int longestKey,
            AttentionShape shape) {
        int window = shape.window();
        return operator.callTensor(
                new IValue(queries),
                new IValue(keys),
                new IValue(values),
                new IValue(queryBegins),
                new IValue(keyBegins),
                new IValue((long) longestQuery),
                new IValue((long) longestKey),
                new IValue(0.0),
                new IValue(true),
                new IValue(false),
                new IValue(shape.scale()),
                window > 0 ? new IValue(window - 1L) : new IValue(),
                window > 0 ? new IValue(0L) : new IValue(),
                new IValue(),
                new IValue(),
                new IValue(),
                new IValue());
    }

    @Override
    public void close() {
        operator.close();
    }
}
