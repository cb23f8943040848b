package dev.tokamak.libtorch.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.libtorch.LibtorchExecutorProvider;
import dev.tokamak.libtorch.Reference;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WidestStepTest {
    private static final Path MODEL = Reference.folder("llama3");
    private static final int BLOCK_SIZE = 8;

    @ParameterizedTest
    @CsvSource({"100, 8", "9, 8", "64, 1"})
    void allSequencesAreSampledInOneBlock(int tokens, int sequences) {
        EngineConfig config = EngineConfig.builder(MODEL).device("cpu").build();
        try (Executor executor =
                new LibtorchExecutorProvider().create(new ExecutorConfig(MODEL, config, sequences, tokens))) {
            ModelInfo model = executor.load((what, fraction) -> {});
            executor.allocateKvCache(BLOCK_SIZE, 1);
            WidestStep widest =
                    new WidestStep(tokens, sequences, model.maxModelLen(), BLOCK_SIZE, model.vocabularySize());
            assertThat(widest.plan().tokens()).isEqualTo(tokens);
            executor.launch(widest.plan());
            executor.sample(widest.masks());
            StepResult result = new StepResult();
            executor.await(result);
            for (int row = 0; row < sequences; row++) {
                assertThat(result.tokenCount(row)).isEqualTo(1);
                assertThat(result.topTokens(row, 0)).hasSize(20);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "4, 8", "1, 1"})
    void singleTokensAreNeverAllSampled(int tokens, int sequences) {
        StepPlan plan = new WidestStep(tokens, sequences, 64, BLOCK_SIZE, 100).plan();
        assertThat(plan.tokens()).isEqualTo(tokens);
        assertThat(plan.rows()).isEqualTo(tokens);
        assertThat(plan.sampledRows()).isEqualTo(tokens - 1);
    }

    @Test
    void noSequenceIsLongerThanTheModelTakes() {
        StepPlan plan = new WidestStep(300, 2, 64, BLOCK_SIZE, 100).plan();
        assertThat(IntStream.range(0, plan.rows()).map(plan::tokenCount)).containsExactly(64, 64);
    }
}
