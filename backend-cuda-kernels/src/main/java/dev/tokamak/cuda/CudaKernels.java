package dev.tokamak.cuda;

import dev.tokamak.libtorch.kernels.ExpertKernels;
import dev.tokamak.libtorch.kernels.KernelShape;
import dev.tokamak.libtorch.kernels.Kernels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;

/** Launches this module's kernels with the grids that suit a model on a card. */
final class CudaKernels implements Kernels {
    /** Up to so many rows {@code skinny_linear} beats cuBLAS, by measurement on an H200; it is made for no more. */
    private static final int MAX_SKINNY_ROWS = 8;

    /** Weight rows in a tile of {@code skinny_linear}, its threads, and its ring of stages. */
    private static final int SKINNY_TILE = 16;

    private static final int SKINNY_THREADS = 288;
    private static final int SKINNY_SHARED_BYTES = 3 * 64 * 1024;

    private static final int HOPPER = 90;
    private static final int WARP = 32;
    private static final int ROPE_WARPS = 8;
    private static final int MAX_SPLITS = 16;
    /** More than any kernel has besides its dynamic shared memory. */
    private static final int STATIC_SHARED_BYTES = 8 * 1024;

    private final KernelShape shape;
    private final CUstream_st stream;
    private final KernelCompiler compiler;
    private final Map<String, String> type;
    private final List<Kernel> loaded = new ArrayList<>();
    /** Null before Hopper, which brought the copies that it uses, and where a block has too little shared memory. */
    private final Kernel skinnyLinear;

    private final Kernel rmsNorm;
    private final Kernel embed;
    private final Kernel siluMul;
    private final Kernel rope;
    private final Kernel gather;
    private final Kernel locate;
    private final Kernel locateContexts;
    private final Kernel updateTable;
    private final AttentionKernel[] attention;
    private final SamplingKernels sampling;
    private ExpertKernels experts;
    private final long partial;
    private final long counters;

    CudaKernels(KernelShape shape, CUstream_st stream, KernelCompiler compiler) {
        this.shape = shape;
        this.stream = stream;
        this.compiler = compiler;
        this.type = shape.float16() ? Map.of("TOKAMAK_FLOAT16", "1") : Map.of();
        boolean skinny = shape.computeCapability() >= HOPPER
                && SKINNY_SHARED_BYTES + STATIC_SHARED_BYTES <= shape.sharedMemory();
        skinnyLinear =
                !skinny ? null : load("linear.cu", "skinny_linear", Map.of()).allowSharedMemory(SKINNY_SHARED_BYTES);
        rmsNorm = load("norm.cu", "rms_norm", Map.of());
        if (shape.hidden() * 4 > 48 * 1024) {
            rmsNorm.allowSharedMemory(shape.hidden() * 4);
        }
        embed = load("elementwise.cu", "embed", Map.of());
        siluMul = load("elementwise.cu", "silu_mul", Map.of());
        rope = load("elementwise.cu", "rope_and_write_kv", Map.of());
        gather = load("elementwise.cu", "gather_kv", Map.of());
        locate = load("elementwise.cu", "locate", Map.of());
        locateContexts = load("elementwise.cu", "locate_contexts", Map.of());
        updateTable = load("elementwise.cu", "update_table", Map.of());
        int group = shape.queryHeads() / shape.kvHeads();
        attention = new AttentionKernel[] {attention(8, 2), attention(4, 3), attention(2, 3)};
        sampling = new SamplingKernels(shape.vocabulary(), stream, (file, name) -> load(file, name, Map.of()));
        long pairs = 0;
        for (int sequences = 1; sequences <= shape.maxSequences(); sequences++) {
            pairs = Math.max(pairs, (long) sequences * shape.kvHeads() * splits(sequences));
        }
        partial = allocate(pairs * group * (shape.headSize() + 2) * Float.BYTES);
        counters = allocate((long) shape.maxSequences() * shape.kvHeads() * Integer.BYTES);
    }

    /**
     * A variant of the attention kernel.
     *
     * @param kernel compiled
     * @param warps in a block
     * @param sharedBytes that a block takes
     */
    private record AttentionKernel(Kernel kernel, int warps, int sharedBytes) {}

    private AttentionKernel attention(int warps, int stages) {
        int group = shape.queryHeads() / shape.kvHeads();
        int tileBytes = 16 * shape.headSize() * (shape.fp8Cache() ? 1 : 2);
        int ring = stages * 2 * tileBytes + (shape.fp8Cache() ? 2 * tileBytes : 0);
        int bytes = warps * Math.max(ring, group * shape.headSize() * Float.BYTES);
        if (bytes + STATIC_SHARED_BYTES > shape.sharedMemory()) {
            return attention(warps / 2, stages);
        }
        Kernel kernel = load(
                "attention.cu",
                "paged_attention",
                Map.of(
                        "HEAD_SIZE", Integer.toString(shape.headSize()),
                        "GROUP", Integer.toString(group),
                        "FP8_CACHE", shape.fp8Cache() ? "1" : "0",
                        "WARPS", Integer.toString(warps),
                        "STAGES", Integer.toString(stages)));
        return new AttentionKernel(kernel.allowSharedMemory(bytes), warps, bytes);
    }

    private Kernel load(String file, String name, Map<String, String> defines) {
        Map<String, String> all = new HashMap<>(type);
        all.putAll(defines);
        Kernel kernel = new Kernel(compiler, file, name, all);
        loaded.add(kernel);
        return kernel;
    }

    /** Device memory that begins as zeros and belongs to this object. */
    private static long allocate(long bytes) {
        Pointer pointer = new Pointer();
        CudaFailure.checkRuntime(cudart.cudaMalloc(pointer, bytes), "allocate " + bytes + " bytes");
        CudaFailure.checkRuntime(cudart.cudaMemset(pointer, 0, bytes), "clear memory");
        return pointer.address();
    }

    static long address(Tensor tensor) {
        return tensor == null ? 0 : tensor.data_ptr().address();
    }

    @Override
    public ExpertKernels experts() {
        if (experts == null && skinnyLinear != null) {
            experts = new CudaExperts(
                    load("experts.cu", "route", Map.of()),
                    load("experts.cu", "expert_linear", Map.of()).allowSharedMemory(SKINNY_SHARED_BYTES),
                    load("experts.cu", "combine_experts", Map.of()),
                    shape.multiprocessors(),
                    SKINNY_SHARED_BYTES,
                    stream);
        }
        return experts;
    }

    @Override
    public boolean linear(Tensor x, Tensor weight, Tensor bias, Tensor out, int rows, LinearMode mode) {
        int k = (int) weight.size(1);
        if (skinnyLinear == null || rows > MAX_SKINNY_ROWS || k % 32 != 0) {
            return false;
        }
        boolean silu = mode == LinearMode.SILU_MUL;
        int outputs = (int) (silu ? weight.size(0) / 2 : weight.size(0));
        int tileOutputs = silu ? SKINNY_TILE / 2 : SKINNY_TILE;
        int tiles = (outputs + tileOutputs - 1) / tileOutputs;
        skinnyLinear
                .with()
                .arg(address(weight))
                .arg(address(x))
                .arg(address(bias))
                .arg(address(out))
                .arg(outputs)
                .arg(k)
                .arg(rows)
                .arg(mode.ordinal())
                .launch(stream, Math.min(tiles, shape.multiprocessors()), 1, 1, SKINNY_THREADS, SKINNY_SHARED_BYTES);
        return true;
    }

    @Override
    public void embed(Tensor table, Tensor ids, Tensor slots, Tensor lastSampled, Tensor out, int tokens) {
        embed.with()
                .arg(address(table))
                .arg(address(ids))
                .arg(address(slots))
                .arg(address(lastSampled))
                .arg(address(out))
                .arg(shape.hidden())
                .arg(shape.vocabulary())
                .launch(stream, tokens, 1, 1, threads(shape.hidden() / 8, 256), 0);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, Tensor out, Tensor chosen, int rows) {
        rmsNorm.with()
                .arg(address(x))
                .arg(address(weight))
                .arg(address(out))
                .arg(address(chosen))
                .arg(shape.hidden())
                .arg(shape.epsilon())
                .launch(stream, rows, 1, 1, threads(shape.hidden() / 8, 512), shape.hidden() * Float.BYTES);
    }

    @Override
    public void updateTables(Tensor tables, Tensor changes, int count) {
        updateTable
                .with()
                .arg(address(tables))
                .arg(address(changes))
                .arg(count)
                .launch(stream, (count + 127) / 128, 1, 1, 128, 0);
    }

    @Override
    public void locate(
            Tensor tables,
            Tensor slots,
            Tensor positions,
            Tensor entries,
            Tensor contexts,
            int tokens,
            int paddingSlot) {
        locate.with()
                .arg(address(tables))
                .arg(address(slots))
                .arg(address(positions))
                .arg(address(entries))
                .arg(address(contexts))
                .arg(tokens)
                .arg(paddingSlot)
                .arg(shape.blockSize())
                .arg(shape.maxBlocks())
                .launch(stream, (tokens + 127) / 128, 1, 1, 128, 0);
    }

    @Override
    public void locateContexts(Tensor tables, Tensor slots, Tensor begins, Tensor out, int sequences) {
        locateContexts
                .with()
                .arg(address(tables))
                .arg(address(slots))
                .arg(address(begins))
                .arg(address(out))
                .arg(shape.blockSize())
                .arg(shape.maxBlocks())
                .launch(stream, sequences, 1, 1, 256, 0);
    }

    @Override
    public void ropeAndWriteKv(
            Tensor qkv,
            Tensor cosSin,
            Tensor positions,
            Tensor entries,
            Tensor headNorms,
            Tensor queries,
            Tensor keys,
            Tensor values,
            int tokens) {
        int heads = shape.queryHeads() + 2 * shape.kvHeads();
        rope.with()
                .arg(address(qkv))
                .arg(address(cosSin))
                .arg(address(positions))
                .arg(address(entries))
                .arg(address(headNorms))
                .arg(address(queries))
                .arg(address(keys))
                .arg(address(values))
                .arg(shape.queryHeads())
                .arg(shape.kvHeads())
                .arg(shape.headSize())
                .arg(shape.epsilon())
                .arg(shape.fp8Cache() ? 1 : 0)
                .launch(stream, tokens, (heads + ROPE_WARPS - 1) / ROPE_WARPS, 1, ROPE_WARPS * WARP, 0);
    }

    @Override
    public void decodeAttention(
            Tensor queries,
            Tensor keys,
            Tensor values,
            Tensor tables,
            Tensor slots,
            Tensor contexts,
            Tensor out,
            int sequences,
            int window) {
        AttentionKernel variant = variant(sequences);
        variant.kernel()
                .with()
                .arg(address(queries))
                .arg(address(keys))
                .arg(address(values))
                .arg(address(tables))
                .arg(address(slots))
                .arg(address(contexts))
                .arg(address(out))
                .arg(partial)
                .arg(counters)
                .arg(shape.kvHeads())
                .arg(shape.blockSize())
                .arg(shape.maxBlocks())
                .arg(window)
                .arg((float) (1 / Math.sqrt(shape.headSize())))
                .launch(
                        stream,
                        shape.kvHeads(),
                        sequences,
                        splits(sequences),
                        variant.warps() * WARP,
                        variant.sharedBytes());
    }

    /** Many warps for each of few sequences, few for each of many, so that all multiprocessors have a block or more. */
    private AttentionKernel variant(int sequences) {
        int pairs = sequences * shape.kvHeads();
        return attention[pairs <= shape.multiprocessors() ? 0 : pairs <= 2 * shape.multiprocessors() ? 1 : 2];
    }

    /** Sequences are split only where they are too few: what merges the splits takes longer than a short context. */
    private int splits(int sequences) {
        return Math.max(1, Math.min(MAX_SPLITS, shape.multiprocessors() / (sequences * shape.kvHeads())));
    }

    @Override
    public void gatherKv(Tensor keys, Tensor values, Tensor entries, Tensor keysOut, Tensor valuesOut, int tokens) {
        int width = shape.kvHeads() * shape.headSize();
        gather.with()
                .arg(address(keys))
                .arg(address(values))
                .arg(address(entries))
                .arg(address(keysOut))
                .arg(address(valuesOut))
                .arg(width)
                .arg(shape.fp8Cache() ? 1 : 0)
                .launch(stream, tokens, 1, 1, threads(width / 8, 128), 0);
    }

    @Override
    public void siluMul(Tensor gateUp, Tensor out, int rows, int width) {
        long vectors = (long) rows * width / 8;
        int blocks = (int) Math.min((vectors + 255) / 256, shape.multiprocessors() * 16L);
        siluMul.with()
                .arg(address(gateUp))
                .arg(address(out))
                .arg(width)
                .arg(vectors)
                .launch(stream, blocks, 1, 1, 256, 0);
    }

    @Override
    public void countTokens(Tensor counts, int slot, Tensor tokens, long first, int count, CountKind kind) {
        sampling.countTokens(counts, slot, tokens, first, count, kind);
    }

    @Override
    public void adjust(Tensor logits, Tensor adjustments, Tensor adjusted, int rows) {
        sampling.adjust(logits, adjustments, adjusted, rows);
    }

    @Override
    public void sample(
            Tensor logits,
            Tensor adjusted,
            Tensor states,
            Tensor masks,
            Tensor maskRows,
            Tensor tokens,
            Tensor lastSampled,
            int rows) {
        sampling.sample(logits, adjusted, states, masks, maskRows, tokens, lastSampled, rows);
    }

    @Override
    public void logprobs(Tensor logits, Tensor wanted, Tensor tokens, Tensor out, int most, int rows) {
        sampling.logprobs(logits, wanted, tokens, out, most, rows);
    }

    private static int threads(int items, int most) {
        return Math.max(WARP, Math.min(most, (items + WARP - 1) / WARP * WARP));
    }

    @Override
    public void close() {
        loaded.forEach(Kernel::close);
        free(partial);
        free(counters);
    }

    private static void free(long address) {
        cudart.cudaFree(
                new Pointer() {
                    Pointer to(long target) {
                        this.address = target;
                        return this;
                    }
                }.to(address));
    }
}
