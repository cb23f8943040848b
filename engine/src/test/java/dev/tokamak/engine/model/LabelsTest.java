package dev.tokamak.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.model.Labels.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelsTest {
    @TempDir
    Path folder;

    private Labels labels(String config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        return Labels.read(folder);
    }

    @Test
    void labelsHaveTheCheckpointsNamesOrTheirNumbers() throws IOException {
        Labels labels = labels("{\"id2label\":{\"1\":\"bad\",\"0\":\"good\"}}");
        assertThat(labels.name(0)).isEqualTo("good");
        assertThat(labels.name(1)).isEqualTo("bad");
        assertThat(labels.name(2)).isEqualTo("LABEL_2");
        assertThat(labels("{}").name(0)).isEqualTo("LABEL_0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                                                          | PROBABILITIES",
                "{\"problem_type\":null}                                                     | PROBABILITIES",
                "{\"problem_type\":\"single_label_classification\"}                          | PROBABILITIES",
                "{\"problem_type\":\"multi_label_classification\"}                           | SIGMOID",
                "{\"problem_type\":\"regression\"}                                           | NONE",
                "{\"sbert_ce_default_activation_function\":\"torch.nn.modules.linear.Identity\"} | NONE",
                "{\"sentence_transformers\":{\"activation_fn\":\"torch.nn.modules.activation.Sigmoid\"}} | SIGMOID",
                "{\"sentence_transformers\":{\"activation_fn\":\"torch.nn.modules.linear.Identity\"},"
                        + "\"problem_type\":\"multi_label_classification\"}                  | NONE"
            })
    void theActivationIsWhatTheCheckpointSays(String config, Activation expected) throws IOException {
        assertThat(labels(config).activation()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"problem_type\":\"ranking\"}",
                "{\"sbert_ce_default_activation_function\":\"mine.Tanh\"}",
                "{\"sentence_transformers\":{\"activation_fn\":7}}"
            })
    void anUnknownActivationIsAFaultOfTheCheckpoint(String config) {
        assertThatThrownBy(() -> labels(config))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                .hasMessageContaining("config.json has ");
    }

    @Test
    void activationsAreSoftmaxAndTheLogisticFunction() {
        float[] logits = {1, -1, 0.5f};
        assertThat(Activation.PROBABILITIES.of(logits))
                .containsExactly(new float[] {0.57409699f, 0.07769558f, 0.34820743f}, offset(1e-6f));
        assertThat(Activation.SIGMOID.of(logits))
                .containsExactly(new float[] {0.7310586f, 0.2689414f, 0.6224593f}, offset(1e-6f));
        assertThat(Activation.PROBABILITIES.of(new float[] {1}))
                .containsExactly(new float[] {0.7310586f}, offset(1e-6f));
        assertThat(Activation.NONE.of(logits)).containsExactly(logits);
        assertThat(Activation.PROBABILITIES.of(new float[] {1000, 0})).containsExactly(1, 0);
    }
}
