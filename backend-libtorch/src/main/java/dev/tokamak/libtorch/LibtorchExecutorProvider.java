package dev.tokamak.libtorch;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;
import java.nio.file.Files;

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

    /**
     * {@inheritDoc}
     *
     * @throws TokamakException if the device or the type is none that libtorch has
     */
    @Override
    public Executor create(ExecutorConfig config) {
        return new LibtorchExecutor(config);
    }
}
