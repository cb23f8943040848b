package dev.tokamak.tck;

import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;

/** Makes {@link DeterministicExecutor}s. Supports no model by itself: it is used only where it is asked for by name. */
public final class DeterministicExecutorProvider implements ExecutorProvider {
    /** For {@link java.util.ServiceLoader}. */
    public DeterministicExecutorProvider() {}

    @Override
    public String name() {
        return "deterministic";
    }

    @Override
    public boolean supports(ExecutorConfig config) {
        return false;
    }

    @Override
    public Executor create(ExecutorConfig config) {
        return new DeterministicExecutor(
                DeterministicExecutor.Settings.of(config.engine().options()));
    }
}
