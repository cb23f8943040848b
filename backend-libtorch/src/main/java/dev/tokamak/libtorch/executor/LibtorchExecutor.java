package dev.tokamak.libtorch.executor;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.cache.CacheLayout;
import dev.tokamak.libtorch.cache.PagedKvCache;
import dev.tokamak.libtorch.cache.SlotStates;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.config.SentenceModules;
import dev.tokamak.libtorch.cpu.CpuOperators;
import dev.tokamak.libtorch.cuda.CudaContext;
import dev.tokamak.libtorch.model.families.ModelFamily;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.AtenOperators;
import dev.tokamak.libtorch.step.SampledStep;
import dev.tokamak.libtorch.step.StepRunner;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.HostMemory;
import dev.tokamak.libtorch.tensors.TensorThread;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.libtorch.weights.DummyWeights;
import dev.tokamak.libtorch.weights.ModuleWeights;
import dev.tokamak.libtorch.weights.Weights;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a model with libtorch. Steps queue up for the tensor thread, which runs them in order; the engine's thread only hands
 * them over and waits.
 */
public final class LibtorchExecutor implements Executor {
    private static final Logger log = LoggerFactory.getLogger(LibtorchExecutor.class);
    private static final List<Integer> BLOCK_SIZES = List.of(16, 32, 8, 64, 128);

    /** What the KV cache takes at most unless it is told otherwise. */
    private static final long DEFAULT_KV_BYTES = 4L << 30;

    private final ExecutorConfig config;
    private final boolean cuda;
    private final TensorThread thread = new TensorThread("tokamak-libtorch");
    /** Changed by the engine thread; read by whoever closes. */
    private final ConcurrentLinkedDeque<Step> underWay = new ConcurrentLinkedDeque<>();

    private ComputeDevice device;
    private AtenOperators operators;
    private Transformer model;
    private CacheLayout layout;
    private PagedKvCache cache;
    private StepRunner runner;
    private ModelInfo info;
    private int maxModelLen;
    private boolean closed;

    /** A step that was launched and not awaited. */
    private record Step(StepPlan plan, CompletableFuture<StepMasks> masks, Future<SampledStep> sampled) {}

    public LibtorchExecutor(ExecutorConfig config) {
        this(config, false);
    }

    public LibtorchExecutor(ExecutorConfig config, boolean cuda) {
        this.config = config;
        this.cuda = cuda;
    }

    @Override
    public ModelInfo load(LoadProgress progress) {
        ModelConfig modelConfig = ModelConfig.read(config.model());
        ModelFamily family = ModelFamily.of(modelConfig);
        model = family.compose(modelConfig, SentenceModules.read(config.model()));
        maxModelLen = model.maxModelLen(config.engine().maxModelLen());
        TensorType type = type(config.engine());
        thread.call(() -> {
            loadNatives();
            return null;
        });
        thread.enterInferenceMode();
        if (!cuda) {
            model.requireMemoryFor(maxModelLen, HostMemory.available());
        }
        thread.call(() -> {
            loadWeights(family, modelConfig, type, progress);
            return null;
        });
        long parameters = model.parameters();
        log.info(
                "{}: {} parameters, {} MiB of weights; {}",
                family.architecture(),
                parameters,
                model.bytes() >> 20,
                operators.describe());
        layout = CacheLayout.of(model.cacheLayers());
        info = ModelPurpose.describe(
                        ModelInfo.builder(modelConfig.architecture().orElse(family.architecture())), model)
                .maxModelLen(maxModelLen)
                .vocabularySize(model.vocabulary())
                .blockSizes(BLOCK_SIZES)
                .kvGroups(groups(type))
                .weightBytes(model.bytes())
                .parameters(parameters)
                .build();
        return info;
    }

    private List<KvGroup> groups(TensorType type) {
        List<KvGroup> groups = new ArrayList<>(layout.kvGroups(type.bytes()));
        if (!model.stateShapes().isEmpty()) {
            groups.add(KvGroup.state(SlotStates.elements(model.stateShapes()) * type.bytes()));
        }
        return groups;
    }

    private static TensorType type(EngineConfig engine) {
        if (engine.dtype().equals("auto")) {
            return TensorType.F32;
        }
        TensorType type = TensorType.ofConfig(engine.dtype());
        if (type == null) {
            throw TokamakException.configuration(
                    "--dtype " + engine.dtype() + " is unknown; known are auto, float32, float16 and bfloat16");
        }
        return type;
    }

    private static void loadNatives() {
        try {
            Loader.load(torch.class);
        } catch (UnsatisfiedLinkError e) {
            throw new TokamakException(
                    ErrorCode.CONFIGURATION, "libtorch's native libraries cannot be loaded: " + e.getMessage(), e);
        }
        // Attention calls OpenBLAS from OpenMP's threads, where threads of its own would only be in their way.
        // bin/tokamak says so by
        // the environment, which OpenBLAS reads itself. The call looks a symbol up while it holds one of the dynamic
        // linker's locks and takes another,
        // and so has been seen to stop for good where a second thread loaded a library at that moment.
        if (System.getenv("OPENBLAS_NUM_THREADS") == null) {
            openblas_nolapack.blas_set_num_threads(1);
        }
    }

    private void loadWeights(ModelFamily family, ModelConfig modelConfig, TensorType type, LoadProgress progress) {
        device = new ComputeDevice(place(), type);
        operators = device.cpu() ? new CpuOperators(device) : new AtenOperators(device);
        requireMemoryFor(type);
        try (Weights weights = config.engine().loadFormat().equals("dummy")
                ? new DummyWeights(type)
                : ModuleWeights.open(config.model(), device)) {
            ModelLoading.load(model, family, modelConfig, weights, device, operators, progress);
        }
    }

    /** What the weights take at the least: of those that were learned, the CPU may keep two bytes of each. */
    private void requireMemoryFor(TensorType type) {
        boolean learned = !config.engine().loadFormat().equals("dummy");
        int bytes = learned && !cuda ? TensorType.F16.bytes() : type.bytes();
        HostMemory.require(
                model.parameters() * bytes,
                cuda ? CudaContext.memory()[0] : HostMemory.available(),
                "the model, with " + model.parameters() + " parameters,");
    }

    private Device place() {
        if (!cuda) {
            return new Device(torch.DeviceType.CPU);
        }
        try (CudaContext context = CudaContext.open(config.engine().device())) {
            return new Device(torch.DeviceType.CUDA, (byte) context.index());
        }
    }

    @Override
    public int kvCapacity(int blockSize) {
        if (!info.takesBlocks()) {
            return 0;
        }
        long blockBytes = layout.elementsPerToken() * device.type().bytes() * blockSize;
        long useful = config.maxNumSeqs() * layout.blocks(maxModelLen, config.maxNumBatchedTokens(), blockSize);
        long bytes = config.engine()
                .kvCacheMemoryBytes()
                .orElseGet(() ->
                        Math.min(Math.min(DEFAULT_KV_BYTES, available() / 2), Math.multiplyExact(useful, blockBytes)));
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / blockBytes));
    }

    /** Memory where the cache will be, in bytes. */
    private long available() {
        return cuda ? thread.call(() -> CudaContext.memory()[0]) : HostMemory.available();
    }

    @Override
    public void allocateKvCache(int blockSize, int blocks) {
        long states = SlotStates.elements(model.stateShapes()) * device.type().bytes() * config.maxNumSeqs();
        long bytes = layout.elementsPerToken() * device.type().bytes() * blockSize * blocks;
        long available = available();
        if (bytes + states > available) {
            throw TokamakException.configuration("the KV cache of " + blocks + " blocks"
                    + (states == 0 ? "" : " and the states of " + config.maxNumSeqs() + " sequences") + " needs "
                    + (bytes + states >> 20)
                    + " MiB, available are " + (available >> 20) + " MiB; give it less with --kv-cache-memory-bytes");
        }
        thread.call(() -> {
            cache = blocks == 0 ? null : new PagedKvCache(device, layout, blockSize, blocks);
            runner = new StepRunner(device, model, operators, cache, config.maxNumSeqs(), maxModelLen);
            return null;
        });
    }

    @Override
    public void warmUp() {
        WarmUp plans = new WarmUp(
                info,
                cache == null ? 1 : cache.blockSize(),
                cache == null ? 0 : cache.blocks(),
                maxModelLen,
                config.maxNumSeqs(),
                config.maxNumBatchedTokens());
        for (StepPlan plan : plans.plans()) {
            thread.call(() -> runner.run(plan, () -> null));
        }
        reset();
    }

    @Override
    public int maxInFlight() {
        return 2;
    }

    @Override
    public void launch(StepPlan plan) {
        info.requireSupport(plan);
        CompletableFuture<StepMasks> masks = new CompletableFuture<>();
        underWay.add(new Step(plan, masks, thread.submit(() -> runner.run(plan, masks::join))));
    }

    @Override
    public void sample(StepMasks masks) {
        underWay.getLast().masks().complete(masks.copy());
    }

    @Override
    public void await(StepResult into) {
        Step step = underWay.remove();
        try {
            TensorThread.result(step.sampled(), ErrorCode.STEP_FAILED).fill(step.plan(), into);
        } catch (TokamakException e) {
            throw e.code() == ErrorCode.STEP_FAILED
                    ? e
                    : new TokamakException(ErrorCode.STEP_FAILED, e.getMessage(), e);
        }
    }

    @Override
    public void reset() {
        for (Step step : underWay) {
            step.masks().completeExceptionally(new CancellationException("the executor was reset"));
        }
        underWay.clear();
        thread.call(() -> {
            runner.reset();
            return null;
        });
    }

    @Override
    public String health() {
        return thread.isClosed() ? "the executor is closed" : "";
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Step step : underWay) {
            step.masks().completeExceptionally(new CancellationException("the executor was closed"));
        }
        thread.call(() -> {
            closeNative(runner);
            closeNative(cache);
            closeNative(model);
            closeNative(operators);
            closeNative(device);
            return null;
        });
        thread.close();
    }

    private static void closeNative(AutoCloseable part) throws Exception {
        if (part != null) {
            part.close();
        }
    }
}
