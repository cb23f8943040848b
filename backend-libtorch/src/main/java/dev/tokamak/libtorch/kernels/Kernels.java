package dev.tokamak.libtorch.kernels;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * The operations of a decoding step on a CUDA device. All tensors are contiguous and on the device; elements are 16 bits wide unless
 * said otherwise. Everything is enqueued on one stream and returns at once; nothing allocates, so that all of it can be captured into
 * a graph. Used by one thread.
 *
 * @since 0.1
 */
@Incubating
public interface Kernels extends AutoCloseable {
    /** What becomes of a product. */
    @Incubating
    enum LinearMode {
        /** {@code out = x W^T + bias}. */
        STORE,
        /** {@code out = silu(x G^T) * (x U^T)}, the weight holding G above U. */
        SILU_MUL,
        /** {@code out = out + x W^T}. */
        ADD
    }

    /**
     * A product with a weight, if these kernels are faster at it than cuBLAS.
     *
     * @param x [rows, k]
     * @param weight [m, k], or [2 m, k] for {@link LinearMode#SILU_MUL}
     * @param bias [m], or null; only with {@link LinearMode#STORE}
     * @param out [rows, m]
     * @param rows how many rows of x count
     * @param mode what becomes of the product
     * @return false if nothing was done
     */
    boolean linear(Tensor x, Tensor weight, Tensor bias, Tensor out, int rows, LinearMode mode);

    /**
     * Looks tokens up in the embedding table.
     *
     * @param table [vocabulary, hidden]
     * @param ids [tokens] int32; -1 for the token that the slot has sampled last
     * @param slots [tokens] int32
     * @param lastSampled [slots] int32
     * @param out [tokens, hidden]
     * @param tokens how many
     */
    void embed(Tensor table, Tensor ids, Tensor slots, Tensor lastSampled, Tensor out, int tokens);

    /**
     * Root-mean-square norm.
     *
     * @param x [any, hidden]
     * @param weight [hidden]
     * @param out [rows, hidden]
     * @param chosen [rows] int32, which rows of x; or null for the first ones
     * @param rows how many
     */
    void rmsNorm(Tensor x, Tensor weight, Tensor out, Tensor chosen, int rows);

    /**
     * Sets entries of the block tables.
     *
     * @param tables [slots, maxBlocks] int32
     * @param changes [count, 2] int32: flat index and value
     * @param count how many
     */
    void updateTables(Tensor tables, Tensor changes, int count);

    /**
     * Finds where tokens are cached.
     *
     * @param tables [slots, maxBlocks] int32
     * @param slots [tokens] int32
     * @param positions [tokens] int32
     * @param entries [tokens] int32, written: block * blockSize + offset, or -1 in the padding slot
     * @param contexts [tokens] int32, written: position + 1, or 0 in the padding slot
     * @param tokens how many
     * @param paddingSlot whose tokens are none
     */
    void locate(
            Tensor tables,
            Tensor slots,
            Tensor positions,
            Tensor entries,
            Tensor contexts,
            int tokens,
            int paddingSlot);

    /**
     * Finds where whole contexts are cached.
     *
     * @param tables [slots, maxBlocks] int32
     * @param slots [sequences] int32
     * @param begins [sequences + 1] int32: where each sequence's entries begin in out
     * @param out [begins of the last] int32, written
     * @param sequences how many
     */
    void locateContexts(Tensor tables, Tensor slots, Tensor begins, Tensor out, int sequences);

    /**
     * Rotates queries and keys, after the norms of their heads if there are any, and writes keys and values to the cache.
     *
     * @param qkv [tokens, (queryHeads + 2 kvHeads) * headSize]
     * @param cosSin [positions, headSize / 2, 2] float32: cosine and sine of each pair; pairs lie side by side
     * @param positions [tokens] int32
     * @param entries [tokens] int32; negative ones are not written
     * @param headNorms [queryHeads + kvHeads, headSize], or null
     * @param queries [tokens, queryHeads * headSize], written
     * @param keys [entries, kvHeads, headSize], written; bytes if the cache is FP8
     * @param values like keys
     * @param tokens how many
     */
    void ropeAndWriteKv(
            Tensor qkv,
            Tensor cosSin,
            Tensor positions,
            Tensor entries,
            Tensor headNorms,
            Tensor queries,
            Tensor keys,
            Tensor values,
            int tokens);

    /**
     * Attention of one token a sequence over the paged cache. Enqueued right behind {@link #ropeAndWriteKv}, which alone of the
     * kernels since the step's tables were made may still run when it begins: that kernel adds each sequence's newest token, and nothing else
     * of what is read here.
     *
     * @param queries [sequences, queryHeads * headSize]
     * @param keys [entries, kvHeads, headSize]
     * @param values like keys
     * @param tables [slots, maxBlocks] int32
     * @param slots [sequences] int32
     * @param contexts [sequences] int32
     * @param out [sequences, queryHeads * headSize]
     * @param sequences how many
     * @param window how many tokens a token sees; 0 for all
     */
    void decodeAttention(
            Tensor queries,
            Tensor keys,
            Tensor values,
            Tensor tables,
            Tensor slots,
            Tensor contexts,
            Tensor out,
            int sequences,
            int window);

    /**
     * Copies cached keys and values side by side.
     *
     * @param keys [entries, kvHeads, headSize]
     * @param values like keys
     * @param entries [tokens] int32
     * @param keysOut [tokens, kvHeads, headSize]
     * @param valuesOut like keysOut
     * @param tokens how many
     */
    void gatherKv(Tensor keys, Tensor values, Tensor entries, Tensor keysOut, Tensor valuesOut, int tokens);

    /**
     * {@code out = silu(gate) * up}.
     *
     * @param gateUp [rows, 2 width]
     * @param out [rows, width]
     * @param rows how many
     * @param width of the result
     */
    void siluMul(Tensor gateUp, Tensor out, int rows, int width);

    /** Why a token is counted. */
    @Incubating
    enum CountKind {
        /** It is in the prompt. */
        PROMPT,
        /** It was drawn. */
        DRAWN,
        /** It was drawn, and that draw does not count. */
        TAKEN_BACK
    }

    /**
     * Counts tokens of a slot.
     *
     * @param counts [slots, vocabulary] int16: the highest bit for tokens of the prompt, the others how often one was drawn, up to 32,767
     * @param slot whose
     * @param tokens int32; those outside of the vocabulary are not counted
     * @param first index of the first
     * @param count how many
     * @param kind why
     */
    void countTokens(Tensor counts, int slot, Tensor tokens, long first, int count, CountKind kind);

    /** Ints of an adjustment. */
    int ADJUSTMENT_INTS = 20;

    /** Ints of a row's sampling state. */
    int STATE_INTS = 16;

    /**
     * Changes rows of logits as their requests ask, in float32 and in the order that
     * {@link dev.tokamak.spi.executor.SamplingState} tells. An adjustment is, int by int: the row of logits; the numbers of biases, ends and bad words;
     * the address of the slot's counts (two ints, 0 for none); the address of the slot's lists (two ints); bits of presence, frequency and
     * repetition penalty; where in the lists, after the biased tokens and the biases, the ends, the bad words, the mask of allowed tokens (-1 for none)
     * and the history begin; the history's length less 1; how many tokens the sequence has; three unused. Bad words are
     * one start more than there are words, then their tokens. The history is a ring whose length is a power of two.
     *
     * @param logits [rows, vocabulary], 16 bits or float32
     * @param adjustments [rows, {@value #ADJUSTMENT_INTS}] int32
     * @param adjusted [rows, vocabulary] float32, written
     * @param rows how many adjustments
     */
    void adjust(Tensor logits, Tensor adjustments, Tensor adjusted, int rows);

    /**
     * Draws tokens. A row's state is, int by int: bits of temperature, top_p and min_p; top_k; seed low and high; output index; slot; the
     * address of the slot's counts, in which the token is counted (two ints, 0 for none); the address where the history notes the token
     * (two ints, 0 for none); the adjusted row that stands in for the logits, or -1; three unused.
     *
     * @param logits [rows, vocabulary], 16 bits or float32
     * @param adjusted [any, vocabulary] float32
     * @param states [rows, {@value #STATE_INTS}] int32
     * @param masks [any, words] int32 bits, or null
     * @param maskRows [rows] int32: each row's mask, or -1; null if masks is
     * @param tokens [rows] int32, written; -1 for a row that is not a number
     * @param lastSampled [slots] int32, written
     * @param rows how many
     */
    void sample(
            Tensor logits,
            Tensor adjusted,
            Tensor states,
            Tensor masks,
            Tensor maskRows,
            Tensor tokens,
            Tensor lastSampled,
            int rows);

    /**
     * Finds log probabilities: the natural logarithms of the softmax over the logits as they are.
     *
     * @param logits [any, vocabulary], 16 bits or float32
     * @param wanted [rows, 2] int32: a row of logits, and how many of its likeliest tokens are wanted
     * @param tokens [any] int32: what was drawn from each row of logits; of a row with -1 nothing is written
     * @param out [rows, 2 + 2 most] int32, written: bits of the drawn token's log probability; its rank, 1 for the likeliest; ids of the likeliest
     *     tokens, best first and of equal ones the lowest; bits of their log probabilities
     * @param most the most likeliest tokens that a row wants
     * @param rows how many
     */
    void logprobs(Tensor logits, Tensor wanted, Tensor tokens, Tensor out, int most, int rows);

    /**
     * Kernels for mixtures of experts, loaded when they are first asked for.
     *
     * @return owned by these kernels; null if the device has none
     */
    ExpertKernels experts();

    /** Unloads the kernels. */
    @Override
    void close();
}
