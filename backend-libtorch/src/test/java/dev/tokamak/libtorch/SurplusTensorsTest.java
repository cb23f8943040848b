package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors that a checkpoint holds beside those of its model. */
final class SurplusTensorsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.layers.0.self_attn.q_proj.bias",
                "model.layers.1.mlp.down_proj.bias",
                "model.layers.1.self_attn.q_norm.weight",
                "model.layers.0.mlp.gate_proj.weight_scale",
                "model.layers.0.self_attn.k_proj.qweight"
            })
    void whatALayerHoldsAndNothingReadsIsRefusedByName(String name) throws IOException {
        EditedCheckpoint checkpoint = new EditedCheckpoint(folder, "llama2").with(name, "F32", 4, 64);
        checkpoint.config("  \"attention_bias\": false,\n", "");
        checkpoint.config("  \"mlp_bias\": false,\n", "");
        checkpoint.save();
        assertThatThrownBy(() -> new Driver(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessage(folder + " holds tensor " + name
                        + ", which its config.json does not ask for; without it the" + " model would answer otherwise");
    }

    @Test
    void biasesOfWhichTheConfigSaysThatThereAreNoneDoNotMatter() throws IOException {
        new EditedCheckpoint(folder, "llama2")
                .with("model.layers.0.self_attn.q_proj.bias", "F32", 4, 64)
                .with("model.layers.0.mlp.up_proj.bias", "F32", 4, 96)
                .save();
        assertAnswersAs("llama2");
    }

    @Test
    void tensorsThatNobodyNeedsDoNotMatterWhateverTheirType() throws IOException {
        new EditedCheckpoint(folder, "llama2")
                .with("model.layers.0.self_attn.rotary_emb.inv_freq", "F64", 8, 8)
                .with("model.embeddings.position_ids", "I64", 8, 1, 512)
                .with("model.layers.1.self_attn.masked_bias", "BOOL", 1)
                .with("model.layers.1.attn.bias", "U8", 1, 1, 1, 8, 8)
                .with("model.layers.2.self_attn.q_proj.weight", "F8_E5M2", 1, 64, 64)
                .with("vision.patch.weight", "I4", 1, 3, 3)
                .save();
        assertAnswersAs("llama2");
    }

    @Test
    void aNeededTensorOfAnUnknownTypeIsNamed() throws IOException {
        EditedCheckpoint checkpoint = new EditedCheckpoint(folder, "llama2");
        checkpoint.with("model.layers.2.input_layernorm.weight", "F8_E4M3", 1, 64);
        checkpoint.config("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
        for (String name : new String[] {
            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "post_attention_layernorm"
        }) {
            int[] shape = name.startsWith("post") ? new int[] {64} : new int[] {64, 64};
            checkpoint.with("model.layers.2." + name + ".weight", "F32", 4, shape);
        }
        checkpoint
                .with("model.layers.2.mlp.gate_proj.weight", "F32", 4, 96, 64)
                .with("model.layers.2.mlp.up_proj.weight", "F32", 4, 96, 64)
                .with("model.layers.2.mlp.down_proj.weight", "F32", 4, 64, 96)
                .save();
        assertThatThrownBy(() -> new Driver(folder))
                .hasMessageContaining(
                        "holds tensor model.layers.2.input_layernorm.weight of type F8_E4M3; read are F32");
    }

    @Test
    void aHeadOfItsOwnIsTakenWhereTheConfigTiesItToTheTable() throws IOException {
        // The weights of an untied model under a configuration that ties them: the answers stay those of the weights.
        new EditedCheckpoint(folder, "llama2")
                .config("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
        assertAnswersAs("llama2");
    }

    @Test
    void aSingleFileGoesBeforeAnIndexThatWasLeftBehind() throws IOException {
        new EditedCheckpoint(folder, "llama2");
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"model.embed_tokens.weight\": \"model-00001-of-00002.safetensors\"}}");
        assertAnswersAs("llama2");
    }

    private void assertAnswersAs(String checkpoint) {
        Reference.Case first = Reference.of(checkpoint).cases().get(0);
        try (Driver driver = new Driver(folder)) {
            Driver.Running running = driver.start(first.prompt());
            driver.generate(first.continuation().length, 512, running);
            assertThat(running.output()).isEqualTo(first.continuation());
        }
    }
}
