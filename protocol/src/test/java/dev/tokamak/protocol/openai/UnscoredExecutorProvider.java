package dev.tokamak.protocol.openai;

import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.tck.DeterministicExecutor;
import java.util.Optional;
import java.util.Set;

/** The deterministic executor, but that it scores no prompts. */
public final class UnscoredExecutorProvider implements ExecutorProvider {
    /** For {@link java.util.ServiceLoader}. */
    public UnscoredExecutorProvider() {}

    @Override
    public String name() {
        return "unscored";
    }

    @Override
    public boolean supports(ExecutorConfig config) {
        return false;
    }

    @Override
    public Optional<Set<String>> optionKeys() {
        return Optional.of(Set.of("deterministic.vocabulary"));
    }

    @Override
    public Executor create(ExecutorConfig config) {
        return new Unscored(new DeterministicExecutor(
                DeterministicExecutor.Settings.of(config.engine().options())));
    }

    private record Unscored(Executor all) implements Executor {
        @Override
        public ModelInfo load(LoadProgress progress) {
            ModelInfo info = all.load(progress);
            return ModelInfo.builder(info.architecture())
                    .maxModelLen(info.maxModelLen())
                    .vocabularySize(info.vocabularySize())
                    .blockSizes(info.blockSizes())
                    .kvGroups(info.kvGroups())
                    .build();
        }

        @Override
        public int kvCapacity(int blockSize) {
            return all.kvCapacity(blockSize);
        }

        @Override
        public void allocateKvCache(int blockSize, int blocks) {
            all.allocateKvCache(blockSize, blocks);
        }

        @Override
        public void warmUp() {
            all.warmUp();
        }

        @Override
        public int maxInFlight() {
            return all.maxInFlight();
        }

        @Override
        public void launch(StepPlan plan) {
            all.launch(plan);
        }

        @Override
        public void sample(StepMasks masks) {
            all.sample(masks);
        }

        @Override
        public void await(StepResult into) {
            all.await(into);
        }

        @Override
        public void reset() {
            all.reset();
        }

        @Override
        public void close() {
            all.close();
        }
    }
}
