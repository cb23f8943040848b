package dev.tokamak.libtorch;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.tck.PoolingContract;
import java.nio.file.Path;

class LibtorchPoolingContractTest extends PoolingContract {
    @Override
    protected Executor newExecutor() {
        Path checkpoint = Reference.folder("llama31");
        EngineConfig config = EngineConfig.builder(checkpoint).device("cpu").build();
        return new LibtorchExecutorProvider().create(new ExecutorConfig(checkpoint, config, 4, 256));
    }
}
