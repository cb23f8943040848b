package dev.tokamak.libtorch;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.config.SentenceModules;
import dev.tokamak.libtorch.cuda.CudaContext;
import dev.tokamak.libtorch.cuda.CudaOperators;
import dev.tokamak.libtorch.executor.CudaExecutor;
import dev.tokamak.libtorch.executor.LibtorchExecutor;
import dev.tokamak.libtorch.kernels.KernelProvider;
import dev.tokamak.libtorch.kernels.KernelShape;
import dev.tokamak.libtorch.model.families.ModelFamily;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;
import java.nio.file.Files;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Makes executors named {@code libtorch}, which run Hugging Face checkpoints with Bytedeco's build of libtorch.
 *
 * @since 0.1
 */
public final class LibtorchExecutorProvider implements ExecutorProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public LibtorchExecutorProvider() {}

    @Override
    public String name() {
        return "libtorch";
    }

    /** True for every folder with a {@code config.json}; what is in it is judged, and refused with a reason, when it is loaded. */
    @Override
    public boolean supports(ExecutorConfig config) {
        return Files.isRegularFile(config.model().resolve("config.json"));
    }

    @Override
    public String models() {
        return ModelTable.markdown();
    }

    /**
     * {@inheritDoc}
     *
     * @throws TokamakException if the device or the type is none that libtorch has
     */
    @Override
    public Optional<Set<String>> optionKeys() {
        return Optional.of(Set.of());
    }

    @Override
    public Executor create(ExecutorConfig config) {
        String cacheType = config.engine().kvCacheDtype();
        if (!cacheType.equals("auto") && !cacheType.equals("fp8")) {
            throw TokamakException.configuration(
                    "--kv-cache-dtype " + cacheType + " is unknown; known are auto and fp8");
        }
        boolean fp8 = cacheType.equals("fp8");
        if (!CudaContext.wanted(config.engine().device())) {
            return withoutKernels(config, false, fp8);
        }
        ModelConfig modelConfig = ModelConfig.read(config.model());
        TensorType type = halfType(config, modelConfig);
        if (type == TensorType.F32) {
            return withoutKernels(config, true, fp8);
        }
        Transformer model = ModelFamily.of(modelConfig).compose(modelConfig, SentenceModules.read(config.model()));
        try (CudaContext context = CudaContext.open(config.engine().device())) {
            if (!CudaOperators.support(model, type, context.computeCapability())) {
                return withoutKernels(config, true, fp8);
            }
            KernelShape shape = shape(model, type, context, fp8, config.maxNumSeqs(), 16, 1);
            for (KernelProvider provider : ServiceLoader.load(KernelProvider.class)) {
                if (provider.supports(shape)) {
                    return new CudaExecutor(config, provider);
                }
            }
        }
        return withoutKernels(config, true, fp8);
    }

    private static Executor withoutKernels(ExecutorConfig config, boolean cuda, boolean fp8) {
        if (fp8) {
            throw TokamakException.configuration(
                    "--kv-cache-dtype fp8 needs a CUDA device from compute capability 8.9 on, a"
                            + " 16-bit --dtype and CUDA kernels that support the model; use --kv-cache-dtype auto");
        }
        return new LibtorchExecutor(config, cuda);
    }

    /** The type to compute in on a CUDA device: what was asked for, else the checkpoint's own if it is 16 bits wide, else bfloat16. */
    public static TensorType halfType(ExecutorConfig config, ModelConfig model) {
        String asked = config.engine().dtype();
        if (!asked.equals("auto")) {
            TensorType type = TensorType.ofConfig(asked);
            if (type == null) {
                throw TokamakException.configuration(
                        "--dtype " + asked + " is unknown; known are auto, float32, float16 and bfloat16");
            }
            return type;
        }
        return model.type() == TensorType.F16 ? TensorType.F16 : TensorType.BF16;
    }

    public static KernelShape shape(
            Transformer model,
            TensorType type,
            CudaContext context,
            boolean fp8,
            int maxSequences,
            int blockSize,
            int maxBlocks) {
        AttentionShape attention = model.cacheLayers().get(0);
        return new KernelShape(
                context.computeCapability(),
                context.multiprocessors(),
                context.sharedMemory(),
                type == TensorType.F16,
                fp8,
                model.hidden(),
                attention.heads(),
                attention.kvHeads(),
                attention.headDim(),
                model.vocabulary(),
                maxSequences,
                blockSize,
                maxBlocks,
                (float) model.epsilon());
    }
}
