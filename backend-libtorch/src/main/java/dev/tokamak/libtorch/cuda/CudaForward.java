package dev.tokamak.libtorch.cuda;

import dev.tokamak.libtorch.attention.FlashAttention;
import dev.tokamak.libtorch.attention.PromptChunks;
import dev.tokamak.libtorch.attention.WholePromptAttention;
import dev.tokamak.libtorch.cache.CudaKvCache;
import dev.tokamak.libtorch.kernels.KernelShape;
import dev.tokamak.libtorch.kernels.Kernels;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.AtenOperators;
import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The forward passes of a model on a CUDA device: what all layers of a step share, and attention over the paged cache. The model's
 * parts compute through {@link CudaOperators}. Only enqueues; reads nothing back.
 *
 * <p>Implementation notes. A step's tokens are in two parts: those that come alone for their sequence, first, whose attention reads the
 * paged cache, and chunks of prompts behind them, whose contexts are gathered side by side for the ragged kernel: all at once where
 * they fit the memory for that, else in groups, since shared prefixes make contexts of any length together. A long prompt that is computed
 * whole is left to {@link WholePromptAttention}, for which queries have more rows than tokens.
 */
final class CudaForward implements AutoCloseable {
    private final Transformer model;
    private final CudaOperators operators;
    private final ComputeDevice device;
    private final Kernels kernels;
    private final CudaStepBuffers step;
    private final CudaKvCache cache;
    private final Tensor[] rotaries;
    private final Tensor logits;
    private final Tensor entries;
    private final Tensor contexts;
    private final Tensor lastSampled;
    private final Tensor contextEntries;
    private final Tensor contextKeys;
    private final Tensor contextValues;
    private final FlashAttention flash = new FlashAttention();
    private final WholePromptAttention whole;
    private final int paddingSlot;
    private int tokens;
    private int singles;
    private int sampled;
    private PromptChunks prompts;

    CudaForward(
            Transformer model,
            CudaOperators operators,
            ComputeDevice device,
            CudaContext context,
            Kernels kernels,
            KernelShape kernelShape,
            CudaStepBuffers step,
            CudaKvCache cache,
            int tokens,
            int rows,
            int positions,
            int contextCapacity) {
        this.model = model;
        this.operators = operators;
        this.device = device;
        this.kernels = kernels;
        this.step = step;
        this.cache = cache;
        this.paddingSlot = rows;
        rotaries = new Tensor[model.rotaries().size()];
        for (int i = 0; i < rotaries.length; i++) {
            rotaries[i] = model.rotaries().get(i).values(device, positions);
        }
        AttentionShape shape = model.cacheLayers().get(0);
        logits = device.emptyCompute(rows, model.vocabulary());
        entries = CudaStepBuffers.ints(context, tokens);
        contexts = CudaStepBuffers.ints(context, tokens);
        lastSampled = CudaStepBuffers.ints(context, rows + 1);
        contextEntries = CudaStepBuffers.ints(context, contextCapacity);
        contextKeys = device.emptyCompute(contextCapacity, shape.kvHeads(), shape.headDim());
        contextValues = device.emptyCompute(contextCapacity, shape.kvHeads(), shape.headDim());
        whole = new WholePromptAttention(device, Math.min(tokens, contextCapacity));
        operators.use(kernels, kernelShape, this);
    }

    /** Prepares what takes time when it is first used. */
    void warmUp(int computeCapability) {
        whole.prepare(computeCapability, model.cacheLayers().get(0));
    }

    /** [rows, vocabulary] after a pass. */
    Tensor logitsBuffer() {
        return logits;
    }

    Tensor lastSampled() {
        return lastSampled;
    }

    CudaStepBuffers step() {
        return step;
    }

    int tokens() {
        return tokens;
    }

    /** The step's sampled tokens, [sampled] int32; null if all are. */
    Tensor sampledTokens() {
        return prompts == null && sampled == tokens ? null : step.sampledTokens.narrow(0, 0, sampled);
    }

    /**
     * Everything from token ids to logits for single tokens; every row is sampled from. What is enqueued depends on the count
     * alone, so it can be captured.
     *
     * @param rows how many, padding included
     */
    void decode(int rows) {
        run(rows, rows, null, rows);
    }

    /**
     * Everything from token ids to logits for a step with prompts.
     *
     * @param allTokens how many
     * @param singleTokens how many of them come alone, at the beginning
     * @param chunks about the others; null if there are none
     * @param sampledTokens how many are sampled from
     */
    void mixed(int allTokens, int singleTokens, PromptChunks chunks, int sampledTokens) {
        run(allTokens, singleTokens, chunks, sampledTokens);
    }

    private void run(int allTokens, int singleTokens, PromptChunks chunks, int sampledTokens) {
        tokens = allTokens;
        singles = singleTokens;
        prompts = chunks;
        sampled = sampledTokens;
        PointerScope scope = new PointerScope();
        try {
            kernels.locate(cache.tables(), step.tokenSlots, step.positions, entries, contexts, tokens, paddingSlot);
            if (prompts != null && prompts.groups().size() == 1) {
                locate(0);
            }
            clearBehindWholePrompt();
            model.forward(operators, sampled > 0);
        } finally {
            scope.close();
        }
    }

    /** If the step's one chunk is a long prompt from its first token on, the rows in which a layer computes it, else 0. */
    private int wholeLength(AttentionShape shape) {
        if (prompts == null || prompts.groups().size() > 1) {
            return 0;
        }
        PromptChunks.Group group = prompts.groups().get(0);
        return group.rows() == 1 ? whole.length(group.tokens(), group.contextTokens(), shape) : 0;
    }

    private void clearBehindWholePrompt() {
        int length = 0;
        for (AttentionShape shape : model.cacheLayers()) {
            length = Math.max(length, wholeLength(shape));
        }
        int behind = length == 0 ? 0 : length - prompts.groups().get(0).tokens();
        if (behind > 0) {
            contextKeys.narrow(0, length - behind, behind).zero_();
            contextValues.narrow(0, length - behind, behind).zero_();
        }
    }

    /** Finds out where the contexts of a group are cached; of several groups it is found out for one after another. */
    private void locate(int group) {
        PromptChunks.Group of = prompts.groups().get(group);
        kernels.locateContexts(
                cache.tables(),
                step.prefillSlots.narrow(0, of.firstRow(), of.rows()),
                step.contextBegins.narrow(0, prompts.beginsAt(group), of.rows() + 1L),
                contextEntries,
                of.rows());
    }

    /** {@link dev.tokamak.libtorch.operators.Operators#attention}. */
    Tensor attention(Tensor qkv, AttentionLayer layer) {
        AttentionShape shape = layer.shape();
        Tensor keys = cache.keys(layer.cacheLayer());
        Tensor values = cache.values(layer.cacheLayer());
        boolean normByKernel = operators.normsHeads(layer);
        if (layer.headNorm() != null && !normByKernel) {
            AtenOperators.normHeads(qkv, layer);
        }
        Tensor queries = device.emptyCompute(Math.max(tokens, singles + wholeLength(shape)), shape.queryWidth());
        kernels.ropeAndWriteKv(
                qkv,
                rotaries[layer.rotary()],
                step.positions,
                entries,
                normByKernel ? layer.headNorm() : null,
                queries,
                keys,
                values,
                tokens);
        if (singles == 0 && prompts.groups().size() == 1) {
            return promptAttention(queries, keys, values, 0, shape);
        }
        Tensor attended = device.emptyCompute(tokens, shape.queryWidth());
        if (singles > 0) {
            kernels.decodeAttention(
                    queries,
                    keys,
                    values,
                    cache.tables(),
                    step.tokenSlots,
                    contexts,
                    attended,
                    singles,
                    shape.window());
        }
        for (int i = 0; prompts != null && i < prompts.groups().size(); i++) {
            if (prompts.groups().size() > 1) {
                locate(i);
            }
            PromptChunks.Group group = prompts.groups().get(i);
            attended.narrow(0, singles + group.firstToken(), group.tokens())
                    .copy_(promptAttention(queries, keys, values, i, shape));
        }
        return attended;
    }

    /** Attention of a group of chunks, [its tokens, queryWidth]. */
    private Tensor promptAttention(Tensor queries, Tensor keys, Tensor values, int index, AttentionShape shape) {
        PromptChunks.Group group = prompts.groups().get(index);
        int begins = prompts.beginsAt(index);
        int contextTokens = group.contextTokens();
        int first = singles + group.firstToken();
        kernels.gatherKv(keys, values, contextEntries, contextKeys, contextValues, contextTokens);
        int wholeLength = wholeLength(shape);
        if (wholeLength > 0) {
            Tensor out = whole.attend(
                    queries.narrow(0, first, wholeLength).view(wholeLength, shape.heads(), shape.headDim()),
                    contextKeys.narrow(0, 0, wholeLength),
                    contextValues.narrow(0, 0, wholeLength),
                    shape);
            return out.reshape(wholeLength, shape.queryWidth()).narrow(0, 0, group.tokens());
        }
        return flash.attend(
                        queries.narrow(0, first, group.tokens()).view(group.tokens(), shape.heads(), shape.headDim()),
                        contextKeys.narrow(0, 0, contextTokens),
                        contextValues.narrow(0, 0, contextTokens),
                        step.queryBegins.narrow(0, begins, group.rows() + 1L),
                        step.contextBegins.narrow(0, begins, group.rows() + 1L),
                        group.longestChunk(),
                        group.longestContext(),
                        shape)
                .view(group.tokens(), shape.queryWidth());
    }

    @Override
    public void close() {
        for (Tensor rotary : rotaries) {
            rotary.close();
        }
        for (Tensor tensor :
                new Tensor[] {logits, entries, contexts, lastSampled, contextEntries, contextKeys, contextValues}) {
            tensor.close();
        }
        flash.close();
        whole.close();
    }
}
