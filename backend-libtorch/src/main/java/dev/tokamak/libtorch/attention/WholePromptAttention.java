package dev.tokamak.libtorch.attention;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.tensors.BoxedOperator;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attention of one long prompt from its first token on, by cuDNN, which on Hopper takes half the time of FlashAttention-2.
 *
 * <p>Implementation notes. cuDNN prepares a plan for each length, in some fifty milliseconds, so lengths are rounded up to one of a few
 * that were prepared when the device was warmed up. What is behind the end of the prompt does no harm: a causal mask hides keys from all
 * queries before them, and the queries there yield rows that nobody reads. Only values there must be numbers, since 0 times what is none is
 * none. Chunks that begin later are not for this class: cuDNN's mask, as libtorch asks for it, lets the first query see the first key.
 */
public final class WholePromptAttention implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WholePromptAttention.class);

    /** Shorter prompts have little to gain. */
    private static final int SHORTEST = 2048;

    /** Lengths are multiples of it. */
    private static final int GRAIN = 256;

    private static final int HOPPER = 90;
    private static final int WIDEST_HEAD = 128;

    private final ComputeDevice device;
    private final int longest;
    private BoxedOperator operator;

    /**
     * Attention that supports nothing yet.
     *
     * @param device of the model
     * @param longest how many rows queries, keys and values have at most
     */
    public WholePromptAttention(ComputeDevice device, int longest) {
        this.device = device;
        this.longest = longest / GRAIN * GRAIN;
    }

    /**
     * Prepares all lengths. Where this libtorch or card cannot do it, nothing is supported and nothing lost.
     *
     * @param computeCapability of the device, ten times major plus minor
     * @param shape of the model's layers
     */
    public void prepare(int computeCapability, AttentionShape shape) {
        if (computeCapability < HOPPER
                || shape.headDim() > WIDEST_HEAD
                || shape.headDim() % 8 != 0
                || longest < SHORTEST) {
            return;
        }
        long start = System.nanoTime();
        try {
            operator = new BoxedOperator(
                    "aten::_cudnn_attention_forward",
                    "(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, Tensor? cum_seq_q, Tensor? cum_seq_k, SymInt"
                            + " max_q, SymInt max_k, bool compute_log_sumexp, float dropout_p=0., bool is_causal=False, bool"
                            + " return_debug_mask=False, *, float? scale=None)");
            tryAll(shape);
            log.info("attention of whole prompts prepared in {} ms", (System.nanoTime() - start) / 1_000_000);
        } catch (RuntimeException e) {
            log.info("cuDNN's attention is not in use: {}", e.getMessage());
            close();
        }
    }

    private void tryAll(AttentionShape shape) {
        PointerScope scope = new PointerScope();
        try {
            Tensor queries = device.zerosCompute(longest, shape.heads(), shape.headDim());
            Tensor keys = device.zerosCompute(longest, shape.kvHeads(), shape.headDim());
            for (int length = SHORTEST; length <= longest; length += GRAIN) {
                Tensor some = keys.narrow(0, 0, length);
                attend(queries.narrow(0, 0, length), some, some, shape);
            }
        } finally {
            scope.close();
        }
    }

    /**
     * The length in which a prompt is computed.
     *
     * @param tokens of the chunk
     * @param context of the chunk's sequence up to its last token
     * @param shape of the layer
     * @return rows that queries, keys and values must have, or 0 if it is not for this class
     */
    public int length(int tokens, int context, AttentionShape shape) {
        int length = (tokens + GRAIN - 1) / GRAIN * GRAIN;
        boolean whole = tokens == context && (shape.window() == 0 || shape.window() >= context);
        return operator != null && whole && tokens >= SHORTEST && length <= longest ? length : 0;
    }

    /**
     * Causal attention.
     *
     * @param queries [length, heads, headDim], a {@link #length}
     * @param keys [length, kvHeads, headDim]
     * @param values like keys; numbers to the last row
     * @param shape of the layer
     * @return [length, heads, headDim]; lives in the caller's scope
     */
    public Tensor attend(Tensor queries, Tensor keys, Tensor values, AttentionShape shape) {
        long length = queries.size(0);
        Tensor out = operator.callTensor(
                new IValue(batched(queries)),
                new IValue(batched(keys)),
                new IValue(batched(values)),
                new IValue(),
                new IValue(),
                new IValue(),
                new IValue(length),
                new IValue(length),
                new IValue(false),
                new IValue(0.0),
                new IValue(true),
                new IValue(false),
                new IValue(shape.scale()));
        return out.select(0, 0).transpose(0, 1);
    }

    /** [1, heads, length, headDim], not copied. */
    private static Tensor batched(Tensor tensor) {
        return tensor.transpose(0, 1).unsqueeze(0);
    }

    @Override
    public void close() {
        if (operator != null) {
            operator.close();
            operator = null;
        }
    }
}
