package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.weights.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same checkpoints under the names that other savers give to tensors. */
final class StoredNamesTest {
    private static final int STEPS = 64;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"gpt2, transformer.", "falcon, transformer.", "opt, model.", "starcoder2, model.", "smollm3, model."})
    void aModelSavedWithoutItsHeadAnswersTheSame(String name, String base) throws IOException {
        write(name, tensor -> tensor.startsWith(base) ? tensor.substring(base.length()) : tensor);
        assertAnswersOf(name);
    }

    /** What {@code transformers} has called the parts since 4.52, and how it was before with the head at its new place. */
    @ParameterizedTest
    @CsvSource({
        "gemma3_images, model.language_model., lm_head.",
        "llava, model.language_model., lm_head.",
        "mistral3_images, model.language_model., lm_head.",
        "mistral3_images, model.text_model., lm_head.",
        "mistral3_images, language_model., lm_head.",
        "llava, language_model.model., lm_head."
    })
    void aLanguageModelIsFoundWhereverItIsWithinAModelForImages(String name, String place, String head)
            throws IOException {
        write(name, tensor -> tensor.replace("language_model.model.", place).replace("language_model.lm_head.", head));
        assertAnswersOf(name);
    }

    @Test
    void aModelSavedWithoutAHeadThatIsItsOwnIsRefused() throws IOException {
        write("phi3", tensor -> tensor.startsWith("model.") ? tensor.substring(6) : "unused");
        assertThatThrownBy(() -> new Driver(folder).close())
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining("lacks tensor lm_head.weight");
    }

    @Test
    void namesThatCouldBeTwoModelsAreNotGuessed() throws IOException {
        write(
                "smollm3",
                tensor -> tensor.equals("model.norm.weight")
                        ? "speaker.embed_tokens.weight"
                        : "thinker." + tensor.substring("model.".length()));
        assertThatThrownBy(() -> new Driver(folder).close())
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining("lacks tensor model.embed_tokens.weight");
    }

    private void write(String name, UnaryOperator<String> named) throws IOException {
        Path description = Reference.description(name);
        GeneratedCheckpoint.write(
                description,
                JsonFiles.read(description.resolve("reference.json")).getJsonArray("tensors"),
                named,
                folder);
    }

    private void assertAnswersOf(String name) {
        try (Driver driver = new Driver(folder)) {
            for (Reference.Case each : Reference.of(name).cases()) {
                Driver.Running running = driver.start(each.prompt());
                driver.generate(STEPS, 512, running);
                assertThat(running.output()).isEqualTo(each.continuation());
                running.release();
            }
        }
    }
}
