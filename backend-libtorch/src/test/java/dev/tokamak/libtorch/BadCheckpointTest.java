package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every faulty checkpoint folder is refused with one line that names the file. */
final class BadCheckpointTest {
    @TempDir
    Path folder;

    @Test
    void aMissingConfigIsNamed() {
        assertRefused(folder.resolve("config.json") + " is missing");
    }

    @Test
    void anUnsupportedArchitectureIsNamedWithTheNearestOnes() throws IOException {
        copy("llama2");
        replaceInConfig("LlamaForCausalLM", "Olmo4ForCausalLM");
        replaceInConfig("\"llama\"", "\"olmo4\"");
        assertRefused(folder.resolve("config.json")
                + " is of architecture Olmo4ForCausalLM; the nearest names that are supported are Olmo2ForCausalLM,"
                + " Olmo3ForCausalLM, OlmoForCausalLM; the command \"tokamak models\" lists those that are supported");
    }

    @Test
    void anUnsupportedRotaryScalingIsNamed() throws IOException {
        copy("llama2");
        replaceInConfig("\"rope_type\": \"default\"", "\"rope_type\": \"axial\"");
        assertRefused("asks for rotary embedding of type axial; supported are default, linear, dynamic, yarn,");
    }

    @Test
    void aLengthBeyondTheModelsContextIsRefused() throws IOException {
        copy("llama2");
        assertRefused(
                EngineConfig.builder(folder).maxModelLen(2_000_000_000).build(),
                "--max-model-len 2000000000 is more than the");
    }

    @Test
    void aContextWhoseAnglesMemoryCannotHoldIsRefused() throws IOException {
        copy("llama2");
        replaceInConfig("\"max_position_embeddings\": 512", "\"max_position_embeddings\": 1000000000");
        assertRefused("a context of 1000000000 tokens needs 61035 MiB for rotary embedding alone, available are ");
        assertRefused("; name a smaller one with --max-model-len");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "dummy"})
    void aModelThatMemoryCannotHoldIsRefusedBeforeAnyIsTaken(String loadFormat) throws IOException {
        copy("llama2");
        replaceInConfig("\"vocab_size\": 256", "\"vocab_size\": 1000000000");
        assertRefused(
                EngineConfig.builder(folder).loadFormat(loadFormat).build(),
                "the model, with 128000069952 parameters, needs ");
    }

    @Test
    void aContextBeyondAllNumbersIsNamed() throws IOException {
        copy("llama2");
        replaceInConfig("\"max_position_embeddings\": 512", "\"max_position_embeddings\": 2000000000");
        assertRefused("has max_position_embeddings = 2000000000 where a whole number from 1 to 1073741824 is expected");
    }

    @Test
    void aKeyThatNobodyKnowsIsNamed() throws IOException {
        copy("llama2");
        replaceInConfig("\"hidden_size\": 64", "\"attn_temperature\": 2.5, \"hidden_size\": 64");
        assertRefused("asks for attn_temperature = 2.5, which is not known for LlamaForCausalLM; if the model computes"
                + " the same without, take it out of the file");
    }

    @Test
    void aWrongFieldIsNamed() throws IOException {
        copy("llama2");
        replaceInConfig("\"hidden_size\": 64", "\"hidden_size\": \"wide\"");
        assertRefused("has hidden_size = \"wide\" where a whole number from 1 to 1073741824 is expected");
    }

    @ParameterizedTest
    @CsvSource({"NaN, \"NaN\"", "Infinity, 1E+999", "-Infinity, -1E+999"})
    void aNumberThatIsNotFiniteIsNamed(String python, String said) throws IOException {
        copy("llama2");
        replaceInConfig("\"rms_norm_eps\": 1e-06", "\"rms_norm_eps\": " + python);
        assertRefused("has rms_norm_eps = " + said + " where a number above 0 is expected");
    }

    @Test
    void missingWeightsAreNamed() throws IOException {
        copy("llama2");
        Files.delete(folder.resolve("model.safetensors"));
        assertRefused(folder + " has no weights: neither model.safetensors nor model.safetensors.index.json is there");
    }

    @ParameterizedTest
    @CsvSource({
        "consolidated.safetensors, weights in Mistral's own format; take",
        "weights.safetensors, safetensors under another name; a single file must be called model.safetensors",
        "pytorch_model.bin, weights as PyTorch pickles them; convert them",
        "model-q4.gguf, a GGUF file; take",
        "tf_model.h5, weights for another framework; take"
    })
    void weightsInAnotherFormAreNamedWithWhatToDo(String file, String advice) throws IOException {
        copy("llama2");
        for (File each : folder.toFile().listFiles((parent, name) -> name.endsWith(".safetensors"))) {
            Files.delete(each.toPath());
        }
        Files.writeString(folder.resolve(file), "x");
        assertRefused("is there; found " + file + ", " + advice);
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        copy("llama31");
        Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
        assertRefused(folder.resolve("model-00002-of-00002.safetensors") + " is missing");
    }

    @Test
    void aCutShardIsNamed() throws IOException {
        copy("llama31");
        Path shard = folder.resolve("model-00001-of-00002.safetensors");
        byte[] bytes = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(shard + " is cut short or corrupt");
    }

    @Test
    void aShapeThatTheConfigDoesNotAskForIsNamed() throws IOException {
        copy("llama2");
        replaceInConfig("\"intermediate_size\": 96", "\"intermediate_size\": 128");
        assertRefused("holds tensor model.layers.0.mlp.gate_proj.weight with shape [96, 64]"
                + " where config.json asks for [128, 64]");
    }

    @Test
    void aTensorThatIsNotThereIsNamed() throws IOException {
        copy("llama2");
        replaceInConfig("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
        assertRefused(folder + " lacks tensor model.layers.2.");
    }

    @Test
    void anUnknownTypeIsNamed() throws IOException {
        copy("llama2");
        EngineConfig config = EngineConfig.builder(folder).dtype("int3").build();
        assertRefused(config, "--dtype int3 is unknown; known are auto, float32, float16 and bfloat16");
    }

    @Test
    void aDeviceThatIsNotThereIsNamed() throws IOException {
        copy("llama2");
        EngineConfig config = EngineConfig.builder(folder).device("tpu").build();
        assertRefused(config, "--device tpu is unknown; known are auto, cpu, cuda and cuda:INDEX");
    }

    private void copy(String checkpoint) throws IOException {
        try (Stream<Path> files = Files.list(Reference.folder(checkpoint))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    private void replaceInConfig(String found, String replacement) throws IOException {
        Path config = folder.resolve("config.json");
        String text = Files.readString(config);
        assertThat(text).contains(found);
        Files.writeString(config, text.replace(found, replacement));
    }

    private void assertRefused(String problem) {
        assertRefused(EngineConfig.builder(folder).build(), problem);
    }

    private void assertRefused(EngineConfig config, String problem) {
        assertThatThrownBy(() -> {
                    try (Executor executor =
                            new LibtorchExecutorProvider().create(new ExecutorConfig(folder, config, 4, 64))) {
                        executor.load((what, fraction) -> {});
                    }
                })
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(problem)
                .satisfies(e -> assertThat(((TokamakException) e).code()).isEqualTo(ErrorCode.CONFIGURATION))
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }
}
