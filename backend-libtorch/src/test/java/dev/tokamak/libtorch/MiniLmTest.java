package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.onnxruntime.OrtException;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.tokenizers.HuggingFaceTokenizerProvider;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A real encoder's vectors are those that ONNX Runtime computes from the same weights. */
final class MiniLmTest {
    private static final List<String> TEXTS = List.of(
            "Hello, world!",
            "The quick brown fox jumps over the lazy dog.",
            "",
            "Łódź Привет 你好，世界 😀",
            "word ".repeat(200),
            "How do I bake bread?",
            "Flour, water, salt and yeast make bread.");

    @Test
    void vectorsOfTextsInOneStepAreThoseOfOnnxRuntime() throws OrtException, IOException {
        try (MiniLm reference = new MiniLm();
                Tokenizer tokenizer = new HuggingFaceTokenizerProvider().create(reference.folder());
                Executor executor = new LibtorchExecutorProvider()
                        .create(Driver.executorConfig(
                                reference.folder(),
                                EngineConfig.builder(reference.folder())
                                        .device("cpu")
                                        .build()))) {
            ModelInfo info = executor.load((what, fraction) -> {});
            assertThat(info.maxModelLen()).isEqualTo(256);
            executor.allocateKvCache(16, 0);
            StepPlan plan = new StepPlan();
            plan.begin(1);
            for (String text : TEXTS) {
                int[] tokens = tokenizer.encode(text, true);
                plan.addRow(plan.rows(), plan.rows(), StepPlan.FLAG_NEW_SLOT | StepPlan.FLAG_POOL, 0, 0);
                plan.addTokens(tokens, 0, tokens.length);
                plan.setPooling(new Pooling(PoolingKind.HEAD, true, 0));
            }
            executor.launch(plan);
            StepResult result = new StepResult();
            executor.await(result);
            for (int i = 0; i < TEXTS.size(); i++) {
                float[] expected = reference.vector(tokenizer.encode(TEXTS.get(i), true));
                assertThat(result.vector(i, 0)).as(TEXTS.get(i)).containsExactly(expected, offset(1e-4f));
            }
        }
    }
}
