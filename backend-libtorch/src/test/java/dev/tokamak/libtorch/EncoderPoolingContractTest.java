package dev.tokamak.libtorch;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.tck.PoolingContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** The contract with a model of each kind that gives vectors. */
final class EncoderPoolingContractTest {
    private static Executor executor(String name) {
        Path checkpoint = EncoderReference.of(name).folder();
        EngineConfig config = EngineConfig.builder(checkpoint).device("cpu").build();
        return new LibtorchExecutorProvider().create(new ExecutorConfig(checkpoint, config, 4, 256));
    }

    @Nested
    class AnEncoder extends PoolingContract {
        @Override
        protected Executor newExecutor() {
            return executor("bert");
        }
    }

    @Nested
    class AClassifier extends PoolingContract {
        @Override
        protected Executor newExecutor() {
            return executor("roberta_classes");
        }
    }

    @Nested
    class ADecoderThatLooksInBothDirections extends PoolingContract {
        @Override
        protected Executor newExecutor() {
            return executor("embeddinggemma");
        }
    }

    @Nested
    class ADecoderOfWhichTheLastTokenCounts extends PoolingContract {
        @Override
        protected Executor newExecutor() {
            return executor("qwen3_embedding");
        }
    }
}
