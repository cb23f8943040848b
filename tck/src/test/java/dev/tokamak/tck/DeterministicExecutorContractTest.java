package dev.tokamak.tck;

import dev.tokamak.spi.executor.Executor;

class DeterministicExecutorContractTest extends ExecutorContract {
    @Override
    protected Executor newExecutor() {
        return new DeterministicExecutor(DeterministicExecutor.Settings.small());
    }
}
