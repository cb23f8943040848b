package dev.tokamak.libtorch.executor;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.LibtorchExecutorProvider;
import dev.tokamak.libtorch.cache.CacheLayout;
import dev.tokamak.libtorch.cache.CudaKvCache;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.cuda.CudaContext;
import dev.tokamak.libtorch.cuda.CudaGraphs;
import dev.tokamak.libtorch.cuda.CudaOperators;
import dev.tokamak.libtorch.cuda.CudaStep;
import dev.tokamak.libtorch.cuda.CudaStepRunner;
import dev.tokamak.libtorch.kernels.KernelProvider;
import dev.tokamak.libtorch.kernels.KernelShape;
import dev.tokamak.libtorch.kernels.Kernels;
import dev.tokamak.libtorch.model.families.ModelFamily;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.libtorch.weights.Checkpoint;
import dev.tokamak.libtorch.weights.DummyWeights;
import dev.tokamak.libtorch.weights.TensorReader;
import dev.tokamak.libtorch.weights.Weights;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.ArrayDeque;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a decoder of 16-bit weights on a CUDA device with a {@link KernelProvider}'s kernels. A step is enqueued by
 * {@link #launch} and read by {@link #await}; in between the host is free, and a second step can be enqueued behind the first, so
 * that the device never waits for the host. Steps of single tokens are replays of captured graphs.
 */
public final class CudaExecutor implements Executor {
    private static final Logger log = LoggerFactory.getLogger(CudaExecutor.class);
    private static final List<Integer> BLOCK_SIZES = List.of(16, 32, 64, 128);
    private static final int STEPS_IN_FLIGHT = 2;

    /** Left free for graphs, which are captured while we serve, and for kernels that are loaded when they are first used. */
    private static final long RESERVE_BYTES = 512L << 20;

    /** CUDA hands memory out in pieces of this size. */
    private static final long PIECE_BYTES = 2L << 20;

    /**
     * How many context tokens of prompts are attended at once, if the model takes no longer ones and a step has no more tokens. Enough
     * sequences of a few thousand tokens to keep all multiprocessors busy, for 256 MiB of an 8B model.
     */
    private static final int CONTEXT_CAPACITY = 65_536;

    private final ExecutorConfig config;
    private final KernelProvider provider;
    private final int contextCapacity;
    private final ArrayDeque<CudaStep> underWay = new ArrayDeque<>();
    private final boolean fp8Cache;
    private CudaContext context;
    private ComputeDevice device;
    private Transformer model;
    private CacheLayout layout;
    private CudaOperators operators;
    private Kernels kernels;
    private CudaKvCache cache;
    private CudaStepRunner runner;
    private ModelInfo info;
    private int maxModelLen;
    private volatile boolean closed;

    public CudaExecutor(ExecutorConfig config, KernelProvider provider) {
        // A step of new prompts is one group.
        this(config, provider, Math.max(CONTEXT_CAPACITY, config.maxNumBatchedTokens()));
    }

    /** With room for as many context tokens of prompts at once, or one longest context if that is more. */
    public CudaExecutor(ExecutorConfig config, KernelProvider provider, int contextCapacity) {
        this.config = config;
        this.provider = provider;
        this.contextCapacity = contextCapacity;
        this.fp8Cache = config.engine().kvCacheDtype().equals("fp8");
    }

    @Override
    public ModelInfo load(LoadProgress progress) {
        ModelConfig modelConfig = ModelConfig.read(config.model());
        ModelFamily family = ModelFamily.of(modelConfig);
        model = family.compose(modelConfig);
        maxModelLen = model.maxModelLen(config.engine().maxModelLen());
        TensorType type = LibtorchExecutorProvider.halfType(config, modelConfig);
        context = CudaContext.open(config.engine().device());
        checkRoomForWeights(type);
        model.requireMemoryFor(maxModelLen, CudaContext.memory()[0]);
        device = new ComputeDevice(new Device(torch.DeviceType.CUDA, (byte) context.index()), type);
        try (Weights weights = config.engine().loadFormat().equals("dummy")
                ? new DummyWeights(type)
                : Checkpoint.open(config.model(), TensorReader.onto(device))) {
            operators = new CudaOperators(device);
            ModelLoading.load(model, family, modelConfig, weights, device, operators, progress);
        }
        context.synchronize();
        log.info(
                "{}: {} parameters, {} MiB of weights in {} on CUDA device {}",
                family.architecture(),
                model.parameters(),
                model.bytes() >> 20,
                type.configName(),
                context.index());
        layout = CacheLayout.single(model.cacheLayers());
        info = ModelInfo.builder(family.architecture())
                .maxModelLen(maxModelLen)
                .vocabularySize(model.vocabulary())
                .blockSizes(BLOCK_SIZES)
                .kvGroups(layout.kvGroups(cachedBytes()))
                .weightBytes(model.bytes())
                .parameters(model.parameters())
                .build();
        return info;
    }

    private void checkRoomForWeights(TensorType type) {
        long needed = model.parameters() * type.bytes();
        long[] memory = CudaContext.memory();
        if (needed > memory[0]) {
            throw TokamakException.configuration(
                    "the weights need " + (needed >> 20) + " MiB on CUDA device " + context.index() + ", of whose "
                            + (memory[1] >> 20) + " MiB " + (memory[0] >> 20) + " MiB are free");
        }
    }

    private int cachedBytes() {
        return fp8Cache ? 1 : device.type().bytes();
    }

    private long kvBytesPerToken() {
        return layout.elementsPerToken() * cachedBytes();
    }

    @Override
    public int kvCapacity(int blockSize) {
        context.enter();
        long blockBytes = kvBytesPerToken() * blockSize;
        if (config.engine().kvCacheMemoryBytes().isPresent()) {
            long bytes = config.engine().kvCacheMemoryBytes().getAsLong();
            if (bytes < blockBytes) {
                throw TokamakException.configuration("--kv-cache-memory-bytes " + bytes + " is less than a block of "
                        + blockSize + " tokens, which needs " + blockBytes);
            }
            return (int) Math.min(bytes / blockBytes, Integer.MAX_VALUE / blockSize);
        }
        return Math.min(budget(blockSize).blocks(blockBytes), Integer.MAX_VALUE / blockSize);
    }

    /** Runs the widest step and looks at how much memory is taken before and after it. */
    private KvBudget budget(int blockSize) {
        long start = System.nanoTime();
        // What loading left behind is not needed again.
        context.releaseCached();
        long[] before = CudaContext.memory();
        long[] after;
        int tokens = config.maxNumBatchedTokens();
        int sequences = config.maxNumSeqs();
        try {
            prepare(blockSize);
            runWidestStep(new WidestStep(tokens, sequences, maxModelLen, blockSize, model.vocabulary()));
            after = CudaContext.memory();
        } catch (RuntimeException e) {
            if (String.valueOf(e.getMessage()).contains("out of memory")) {
                throw new TokamakException(
                        ErrorCode.CONFIGURATION,
                        "a step of " + tokens + " tokens and " + sequences + " sequences needs more than the "
                                + (before[0] >> 20) + " MiB that the weights leave of the " + (before[1] >> 20)
                                + " MiB of CUDA device " + context.index()
                                + "; lower --max-num-batched-tokens or --max-num-seqs",
                        e);
            }
            throw e;
        }
        long step = Math.max(0, before[0] - after[0]);
        log.info(
                "a step of {} tokens and {} sequences takes {} MiB beside the weights, found out in {} ms",
                tokens,
                sequences,
                step >> 20,
                (System.nanoTime() - start) / 1_000_000);
        return new KvBudget(
                context.index(),
                before[1],
                before[1] - before[0],
                step,
                RESERVE_BYTES + 2L * model.cacheLayers().size() * PIECE_BYTES,
                config.engine().gpuMemoryUtilization());
    }

    private void runWidestStep(WidestStep widest) {
        launch(widest.plan());
        if (widest.plan().needsMasks()) {
            sample(widest.masks());
        }
        await(new StepResult());
        reset();
    }

    /** Makes all that steps need, with a cache of one block. */
    private void prepare(int blockSize) {
        int rows = CudaGraphs.bucket(config.maxNumSeqs());
        int maxBlocks = (maxModelLen + blockSize - 1) / blockSize;
        KernelShape shape =
                LibtorchExecutorProvider.shape(model, device.type(), context, fp8Cache, rows, blockSize, maxBlocks);
        kernels = provider.create(shape, context.stream().address());
        cache = new CudaKvCache(model.cacheLayers(), context, device, fp8Cache, blockSize, rows + 1, maxBlocks);
        runner = new CudaStepRunner(
                context,
                device,
                model,
                operators,
                kernels,
                shape,
                cache,
                config.maxNumBatchedTokens(),
                rows,
                maxModelLen,
                (int) Math.min(Math.max(contextCapacity, maxModelLen), (long) config.maxNumSeqs() * maxModelLen),
                STEPS_IN_FLIGHT,
                !config.engine().enforceEager());
    }

    /** What {@link #prepare} made. */
    private void discard() {
        for (AutoCloseable part : new AutoCloseable[] {runner, cache, kernels}) {
            close(part);
        }
        runner = null;
        cache = null;
        kernels = null;
    }

    @Override
    public void allocateKvCache(int blockSize, int blocks) {
        context.enter();
        if (cache == null || cache.blockSize() != blockSize) {
            discard();
            prepare(blockSize);
        }
        long bytes = kvBytesPerToken() * blockSize * blocks;
        long[] memory = CudaContext.memory();
        if (bytes > memory[0]) {
            throw TokamakException.configuration("the KV cache of " + blocks + " blocks needs " + (bytes >> 20)
                    + " MiB, free are " + (memory[0] >> 20) + " MiB; give it less with --kv-cache-memory-bytes");
        }
        cache.resize(blocks);
        log.info("kernels of {} in use; {} blocks of {} tokens", provider.name(), blocks, blockSize);
    }

    @Override
    public void warmUp() {
        context.enter();
        runner.warmUp();
        WarmUp plans = new WarmUp(info, blockSize(), cache.blocks(), maxModelLen, 1, config.maxNumBatchedTokens());
        for (StepPlan plan : plans.plans()) {
            StepResult result = new StepResult();
            launch(plan);
            await(result);
        }
        reset();
    }

    private int blockSize() {
        return cache.blockSize();
    }

    @Override
    public int maxInFlight() {
        return STEPS_IN_FLIGHT;
    }

    @Override
    public void launch(StepPlan plan) {
        info.requireSupport(plan);
        context.enter();
        CudaStep before = underWay.peekLast();
        CudaStep step = runner.launch(plan, before);
        underWay.add(step);
        if (!plan.needsMasks()) {
            runner.sample(step, null);
        }
    }

    @Override
    public void sample(StepMasks masks) {
        context.enter();
        runner.sample(underWay.getLast(), masks);
    }

    @Override
    public void await(StepResult into) {
        context.enter();
        CudaStep step = underWay.remove();
        try {
            runner.await(step, into);
        } catch (TokamakException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new TokamakException(ErrorCode.STEP_FAILED, e.getMessage(), e);
        }
    }

    @Override
    public void reset() {
        context.enter();
        underWay.clear();
        context.synchronize();
        runner.reset();
    }

    @Override
    public String health() {
        return closed ? "the executor is closed" : "";
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (context == null) {
            return;
        }
        context.enter();
        context.synchronize();
        discard();
        for (AutoCloseable part : new AutoCloseable[] {model, device, context}) {
            close(part);
        }
    }

    private static void close(AutoCloseable part) {
        try {
            if (part != null) {
                part.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("cannot free " + part, e);
        }
    }
}
