package dev.tokamak.tck;

import dev.tokamak.spi.executor.Executor;
import org.junit.jupiter.api.Nested;

class DeterministicPoolingContractTest {
    @Nested
    class OfADecoder extends PoolingContract {
        @Override
        protected Executor newExecutor() {
            return new DeterministicExecutor(DeterministicExecutor.Settings.small());
        }
    }

    @Nested
    class OfAnEncoder extends PoolingContract {
        @Override
        protected Executor newExecutor() {
            return new DeterministicExecutor(
                    new DeterministicExecutor.Settings(256, 512, 0, 4, 0, 2, 16, -1, false, true));
        }
    }

    @Nested
    class OfAClassifier extends PoolingContract {
        @Override
        protected Executor newExecutor() {
            return new DeterministicExecutor(
                    new DeterministicExecutor.Settings(256, 512, 0, 4, 0, 2, 16, -1, false, true, 3));
        }
    }
}
