package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.libtorch.weights.JsonFiles;
import dev.tokamak.libtorch.weights.SafetensorsFile;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log probabilities to the last position of a context, where an error of a rotary frequency shows thousandfold. */
final class LongContextTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama3-long", "llama31-long", "yarn-long", "longrope-long", "dynamic-long"})
    void logProbabilitiesAreThoseOfTransformersToTheEndOfTheContext(String name) {
        Path folder = Reference.folder(name);
        JsonObject json = JsonFiles.read(folder.resolve("reference.json"));
        int[] prompt = Reference.ints(json.getJsonArray("prompt"));
        JsonArray positions = json.getJsonArray("positions");
        float[][] logits;
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("reference.safetensors"))) {
            logits = Reference.logits(file, file.entries().get("logits"));
        }
        assertThat(positions.getInt(positions.size() - 1)).isEqualTo(prompt.length - 1);
        EngineConfig config = EngineConfig.builder(folder)
                .device("cpu")
                .maxModelLen(prompt.length)
                .build();
        try (Driver driver = new Driver(folder, config, prompt.length / Driver.BLOCK_SIZE)) {
            Driver.Running running = driver.start(Arrays.copyOf(prompt, positions.getInt(0) + 1));
            for (int i = 0; i < positions.size(); i++) {
                running.tokens = Arrays.copyOf(prompt, positions.getInt(i) + 1);
                driver.begin();
                driver.add(running, prompt.length, StepPlan.FLAG_LOGPROBS, driver.model.vocabularySize());
                StepResult result = driver.run();
                float[] expected = ReferenceTest.logSoftmax(logits[i]);
                float[] found = new float[expected.length];
                for (int token = 0; token < found.length; token++) {
                    found[result.topTokens(0, 0)[token]] = result.topLogprobs(0, 0)[token];
                }
                assertThat(found).as("position %d", positions.getInt(i)).containsExactly(expected, offset(5e-5f));
            }
        }
    }
}
