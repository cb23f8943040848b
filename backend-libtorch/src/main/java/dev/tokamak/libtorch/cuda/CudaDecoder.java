package dev.tokamak.libtorch.cuda;

import dev.tokamak.libtorch.attention.FlashAttention;
import dev.tokamak.libtorch.attention.PromptChunks;
import dev.tokamak.libtorch.cache.CudaKvCache;
import dev.tokamak.libtorch.kernels.Kernels;
import dev.tokamak.libtorch.kernels.Kernels.LinearMode;
import dev.tokamak.libtorch.model.Decoder;
import dev.tokamak.libtorch.model.DecoderLayer;
import dev.tokamak.libtorch.model.DecoderSpec;
import dev.tokamak.libtorch.operators.DenseLinear;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The forward pass of a decoder on a CUDA device, into buffers of its own: small kernels of a {@link Kernels}, cuBLAS for the
 * products that it leaves, FlashAttention for prompts. Only enqueues; reads nothing back.
 *
 * <p>Implementation notes. A step's tokens are in two parts: those that come alone for their sequence, first, whose attention reads the
 * paged cache, and chunks of prompts behind them, whose contexts are gathered side by side for the ragged kernel: all at once where
 * they fit the memory for that, else in groups, since shared prefixes make contexts of any length together. The residual is
 * added by the product before it ({@code beta = 1}), so that no kernel is spent on it.
 */
public final class CudaDecoder implements AutoCloseable {
    private final Decoder weights;
    private final DecoderSpec spec;
    private final Kernels kernels;
    private final CudaStepBuffers step;
    private final CudaKvCache cache;
    private final Tensor cosSin;
    private final Tensor residual;
    private final Tensor normed;
    private final Tensor qkv;
    private final Tensor queries;
    private final Tensor attended;
    private final Tensor gateUp;
    private final Tensor gated;
    private final Tensor sampledRows;
    private final Tensor logits;
    private final Tensor entries;
    private final Tensor contexts;
    private final Tensor lastSampled;
    private final Tensor contextEntries;
    private final Tensor contextKeys;
    private final Tensor contextValues;
    private final FlashAttention flash;
    private final int paddingSlot;

    CudaDecoder(
            Decoder weights,
            DecoderSpec spec,
            ComputeDevice device,
            CudaContext context,
            Kernels kernels,
            CudaStepBuffers step,
            CudaKvCache cache,
            int tokens,
            int rows,
            int positions,
            int contextCapacity) {
        this.weights = weights;
        this.spec = spec;
        this.kernels = kernels;
        this.step = step;
        this.cache = cache;
        this.paddingSlot = rows;
        float[] table = spec.rotary.table(positions, spec.headDim);
        cosSin = device.upload(table, table.length);
        residual = device.emptyCompute(tokens, spec.hidden);
        normed = device.emptyCompute(tokens, spec.hidden);
        qkv = device.emptyCompute(tokens, spec.queryWidth() + 2L * spec.keyWidth());
        queries = device.emptyCompute(tokens, spec.queryWidth());
        attended = device.emptyCompute(tokens, spec.queryWidth());
        gateUp = device.emptyCompute(tokens, 2L * spec.intermediate);
        gated = device.emptyCompute(tokens, spec.intermediate);
        sampledRows = device.emptyCompute(rows, spec.hidden);
        logits = device.emptyCompute(rows, spec.vocabulary);
        entries = CudaStepBuffers.ints(context, tokens);
        contexts = CudaStepBuffers.ints(context, tokens);
        lastSampled = CudaStepBuffers.ints(context, rows + 1);
        contextEntries = CudaStepBuffers.ints(context, contextCapacity);
        contextKeys = device.emptyCompute(contextCapacity, spec.kvHeads, spec.headDim);
        contextValues = device.emptyCompute(contextCapacity, spec.kvHeads, spec.headDim);
        flash = new FlashAttention(spec);
    }

    /** [rows, vocabulary] after {@link #logits}. */
    Tensor logitsBuffer() {
        return logits;
    }

    Tensor lastSampled() {
        return lastSampled;
    }

    /**
     * Everything from token ids to logits for single tokens; every row is sampled from. What is enqueued depends on the count
     * alone, so it can be captured.
     *
     * @param rows how many, padding included
     */
    void decode(int rows) {
        PointerScope scope = new PointerScope();
        try {
            forward(rows, rows, null);
            kernels.rmsNorm(residual, weights.finalNorm(), sampledRows, null, rows);
            project(rows);
        } finally {
            scope.close();
        }
    }

    /**
     * Everything from token ids to logits for a step with prompts.
     *
     * @param tokens all
     * @param singles how many of them come alone, at the beginning
     * @param prompts about the others
     * @param sampled how many tokens are sampled from
     */
    void mixed(int tokens, int singles, PromptChunks prompts, int sampled) {
        PointerScope scope = new PointerScope();
        try {
            forward(tokens, singles, prompts);
            if (sampled > 0) {
                kernels.rmsNorm(residual, weights.finalNorm(), sampledRows, step.sampledTokens, sampled);
                project(sampled);
            }
        } finally {
            scope.close();
        }
    }

    private void project(int rows) {
        product(sampledRows, weights.head(), logits, rows, LinearMode.STORE);
    }

    private void forward(int tokens, int singles, PromptChunks prompts) {
        kernels.locate(cache.tables(), step.tokenSlots, step.positions, entries, contexts, tokens, paddingSlot);
        Tensor contextEntries = prompts == null ? null : contextEntries(prompts);
        kernels.embed(weights.embedding(), step.tokenIds, step.tokenSlots, lastSampled, residual, tokens);
        DecoderLayer[] layers = weights.layers();
        for (int i = 0; i < layers.length; i++) {
            DecoderLayer layer = layers[i];
            PointerScope scope = new PointerScope();
            try {
                kernels.rmsNorm(residual, layer.inputNorm(), normed, null, tokens);
                product(normed, layer.qkv(), qkv, tokens, LinearMode.STORE);
                kernels.ropeAndWriteKv(
                        qkv,
                        cosSin,
                        step.positions,
                        entries,
                        layer.headNorm(),
                        queries,
                        cache.keys(i),
                        cache.values(i),
                        tokens);
                if (singles > 0) {
                    kernels.decodeAttention(
                            queries,
                            cache.keys(i),
                            cache.values(i),
                            cache.tables(),
                            step.tokenSlots,
                            contexts,
                            attended,
                            singles,
                            spec.windows[i]);
                }
                if (prompts != null) {
                    promptAttention(i, singles, prompts, contextEntries);
                }
                product(attended, layer.output(), residual, tokens, LinearMode.ADD);
                kernels.rmsNorm(residual, layer.middleNorm(), normed, null, tokens);
                mlp(layer, tokens);
            } finally {
                scope.close();
            }
        }
    }

    /** Where the contexts are cached; of several groups it is found out for one after another. */
    private Tensor contextEntries(PromptChunks prompts) {
        if (prompts.groups().size() == 1) {
            locate(prompts, 0);
        }
        return contextEntries;
    }

    private void locate(PromptChunks prompts, int group) {
        PromptChunks.Group of = prompts.groups().get(group);
        kernels.locateContexts(
                cache.tables(),
                step.prefillSlots.narrow(0, of.firstRow(), of.rows()),
                step.contextBegins.narrow(0, prompts.beginsAt(group), of.rows() + 1L),
                contextEntries,
                of.rows());
    }

    private void promptAttention(int layer, int singles, PromptChunks prompts, Tensor contextEntries) {
        for (int i = 0; i < prompts.groups().size(); i++) {
            if (prompts.groups().size() > 1) {
                locate(prompts, i);
            }
            promptAttention(layer, singles, prompts.groups().get(i), prompts.beginsAt(i), contextEntries);
        }
    }

    private void promptAttention(int layer, int singles, PromptChunks.Group group, int begins, Tensor contextEntries) {
        int contextTokens = group.contextTokens();
        int first = singles + group.firstToken();
        kernels.gatherKv(
                cache.keys(layer), cache.values(layer), contextEntries, contextKeys, contextValues, contextTokens);
        Tensor out = flash.attend(
                queries.narrow(0, first, group.tokens()).view(group.tokens(), spec.heads, spec.headDim),
                contextKeys.narrow(0, 0, contextTokens),
                contextValues.narrow(0, 0, contextTokens),
                step.queryBegins.narrow(0, begins, group.rows() + 1L),
                step.contextBegins.narrow(0, begins, group.rows() + 1L),
                group.longestChunk(),
                group.longestContext(),
                spec.windows[layer]);
        attended.narrow(0, first, group.tokens()).copy_(out.view(group.tokens(), spec.queryWidth()));
    }

    private void mlp(DecoderLayer layer, int tokens) {
        if (!kernels.linear(normed, dense(layer.gateUp()).weight(), null, gated, tokens, LinearMode.SILU_MUL)) {
            product(normed, layer.gateUp(), gateUp, tokens, LinearMode.STORE);
            kernels.siluMul(gateUp, gated, tokens, spec.intermediate);
        }
        product(gated, layer.down(), residual, tokens, LinearMode.ADD);
    }

    private static DenseLinear dense(Linear linear) {
        return (DenseLinear) linear;
    }

    private void product(Tensor x, Linear linear, Tensor out, int rows, LinearMode mode) {
        DenseLinear dense = dense(linear);
        if (dense.bias() == null || mode == LinearMode.STORE) {
            if (kernels.linear(x, dense.weight(), dense.bias(), out, rows, mode)) {
                return;
            }
        }
        Tensor from = x.narrow(0, 0, rows);
        Tensor to = out.narrow(0, 0, rows);
        Tensor transposed = dense.weight().t();
        if (mode == LinearMode.ADD) {
            try (Scalar one = new Scalar(1.0)) {
                torch.addmm_out(to, to, from, transposed, one, one);
                if (dense.bias() != null) {
                    to.add_(dense.bias());
                }
            }
        } else if (dense.bias() == null) {
            torch.mm_out(to, from, transposed);
        } else {
            torch.addmm_out(to, dense.bias(), from, transposed);
        }
    }

    @Override
    public void close() {
        for (Tensor tensor : new Tensor[] {
            cosSin,
            residual,
            normed,
            qkv,
            queries,
            attended,
            gateUp,
            gated,
            sampledRows,
            logits,
            entries,
            contexts,
            lastSampled,
            contextEntries,
            contextKeys,
            contextValues
        }) {
            tensor.close();
        }
        flash.close();
    }
}
