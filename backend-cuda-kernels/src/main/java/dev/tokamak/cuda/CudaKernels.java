package dev.tokamak.cuda;

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
import org.bytedeco.pytorch.global.torch;

/** Launches this module's kernels with the grids that suit a model on a card. */
final class CudaKernels implements Kernels {
    /**
     * Where {@code skinny_linear} beats cuBLAS, by measurement on an H200: up to 8 rows, and weights so small that cuBLAS does not reach
     * the memory's speed.
     */
    private static final int MAX_SKINNY_ROWS = Integer.getInteger("tokamak.cuda.skinnyRows", 8);

    private static final long MAX_SKINNY_BYTES = Long.getLong("tokamak.cuda.skinnyBytes", 64L << 20);
    private static final int WARP = 32;
    private static final int SAMPLE_THREADS = 1024;
    private static final int ATTENTION_THREADS = 128;
    /** Blocks of the attention kernel that fit on a multiprocessor together. */
    private static final int ATTENTION_BLOCKS = 3;

    private static final int MAX_SPLITS = 32;

    private final KernelShape shape;
    private final CUstream_st stream;
    private final KernelCompiler compiler;
    private final Map<String, String> type;
    private final List<Kernel> loaded = new ArrayList<>();
    /** {@code skinny_linear} for weights of few rows, and for others. */
    private final Kernel fewRows;

    private final Kernel manyRows;
    private final Kernel rmsNorm;
    private final Kernel embed;
    private final Kernel siluMul;
    private final Kernel rope;
    private final Kernel gather;
    private final Kernel locate;
    private final Kernel locateContexts;
    private final Kernel updateTable;
    private final Kernel attention;
    private final Kernel sample;
    private final long partial;
    private final long counters;

    CudaKernels(KernelShape shape, CUstream_st stream, KernelCompiler compiler) {
        this.shape = shape;
        this.stream = stream;
        this.compiler = compiler;
        this.type = shape.float16() ? Map.of("TOKAMAK_FLOAT16", "1") : Map.of();
        fewRows = load("linear.cu", "skinny_linear", Map.of("M_TILES", "2", "WARPS", "16", "STAGES", "2"));
        manyRows = load("linear.cu", "skinny_linear", Map.of("M_TILES", "1", "WARPS", "8", "STAGES", "4"));
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
        attention = load(
                "attention.cu",
                "paged_attention",
                Map.of(
                        "HEAD_SIZE", Integer.toString(shape.headSize()),
                        "GROUP", Integer.toString(group),
                        "FP8_CACHE", shape.fp8Cache() ? "1" : "0"));
        sample = load("sampler.cu", "sample", Map.of());
        long pairs = 0;
        for (int sequences = 1; sequences <= shape.maxSequences(); sequences++) {
            pairs = Math.max(pairs, (long) sequences * shape.kvHeads() * splits(sequences));
        }
        partial = allocate(pairs * group * (shape.headSize() + 2) * Float.BYTES);
        counters = allocate((long) shape.maxSequences() * shape.kvHeads() * Integer.BYTES);
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

    private static long address(Tensor tensor) {
        return tensor == null ? 0 : tensor.data_ptr().address();
    }

    @Override
    public boolean linear(Tensor x, Tensor weight, Tensor bias, Tensor out, int rows, LinearMode mode) {
        int k = (int) weight.size(1);
        if (rows > MAX_SKINNY_ROWS || k % 32 != 0 || weight.nbytes() > MAX_SKINNY_BYTES) {
            return false;
        }
        int outputs = (int) (mode == LinearMode.SILU_MUL ? weight.size(0) / 2 : weight.size(0));
        int tiles = mode == LinearMode.SILU_MUL || outputs <= 32 * shape.multiprocessors() ? 2 : 1;
        Kernel kernel = tiles == 2 ? fewRows : manyRows;
        int blockRows = mode == LinearMode.SILU_MUL ? 8 * tiles : 16 * tiles;
        int threads = tiles == 2 ? 512 : 256;
        kernel.with()
                .arg(address(weight))
                .arg(address(x))
                .arg(address(bias))
                .arg(address(out))
                .arg(outputs)
                .arg(k)
                .arg(rows)
                .arg(mode.ordinal())
                .launch(stream, (outputs + blockRows - 1) / blockRows, 1, 1, threads, 0);
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
                .arg(0L)
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
                .launch(stream, tokens, shape.queryHeads() + 2 * shape.kvHeads(), 1, shape.headSize() / 2, 0);
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
        attention
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
                .launch(stream, sequences, shape.kvHeads(), splits(sequences), ATTENTION_THREADS, 0);
    }

    /** Enough splits that few sequences keep every multiprocessor busy. */
    private int splits(int sequences) {
        int wanted = ATTENTION_BLOCKS * shape.multiprocessors() / (sequences * shape.kvHeads());
        return Math.max(1, Math.min(MAX_SPLITS, wanted));
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
    public void sample(
            Tensor logits, Tensor states, Tensor masks, Tensor maskRows, Tensor tokens, Tensor lastSampled, int rows) {
        boolean floats = logits.scalar_type().value == torch.ScalarType.Float.value;
        sample.with()
                .arg(floats ? 0L : address(logits))
                .arg(floats ? address(logits) : 0L)
                .arg(address(states))
                .arg(address(masks))
                .arg(address(maskRows))
                .arg(address(tokens))
                .arg(address(lastSampled))
                .arg(shape.vocabulary())
                .arg((long) shape.vocabulary())
                .arg((shape.vocabulary() + 31) >>> 5)
                .launch(stream, rows, 1, 1, SAMPLE_THREADS, 0);
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
