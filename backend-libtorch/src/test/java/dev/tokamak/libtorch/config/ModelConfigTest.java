package dev.tokamak.libtorch.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.tensors.TensorType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelConfigTest {
    private static final Path FILE = Path.of("config.json");

    @Test
    void anAbsentKeyHasItsDefaultAndNullIsNoDefault() {
        ModelConfig config = config("{\"b\": null, \"c\": null}").withDefaults("{\"a\": 7, \"b\": 8, \"c\": 9}");
        assertThat(config.size("a")).isEqualTo(7);
        assertThatThrownBy(() -> config.size("b"))
                .hasMessage("config.json has b = null where a whole number from 1 to 1073741824 is expected");
        assertThat(config.sizeOrNone("c")).isEmpty();
        assertThatThrownBy(() -> config.size("d")).hasMessage("config.json lacks d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "2.5",
                "1e99",
                "1e999999999",
                "2000000000",
                "99999999999999999999999999",
                "null",
                "\"7\"",
                "[]",
                "{}",
                "true"
            })
    void anAbsurdSizeIsNamedInOneLine(String value) {
        ModelConfig config = config("{\"hidden_size\": " + value + "}");
        assertThatThrownBy(() -> config.size("hidden_size"))
                .isInstanceOf(TokamakException.class)
                .hasMessageStartingWith("config.json has hidden_size = ")
                .hasMessageEndingWith("where a whole number from 1 to 1073741824 is expected")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void aSizeMayBeWrittenAsADecimal() {
        assertThat(config("{\"a\": 32.0}").size("a")).isEqualTo(32);
    }

    @Test
    void whatNobodyReadIsRefusedByNameWithItsValue() {
        ModelConfig config = config("{\"a\": 1, \"gate\": \"odd\", \"depth\": {\"x\": 1, \"y\": [2]}}");
        config.size("a");
        config.objectOrNone("depth").orElseThrow().size("x");
        assertThatThrownBy(() -> config.refuseUnread("Llama"))
                .hasMessage("config.json asks for gate = \"odd\", depth.y = [2], which are not known for Llama;"
                        + " if the model computes the same without, take it out of the file");
    }

    @Test
    void whatSaysNothingOrIsWithoutEffectIsNotRefused() {
        ModelConfig config = config("""
                {"gate": null, "cap": false, "note": "", "list": [], "object": {}, "attention_dropout": 0.1,
                "transformers_version": "5.0", "eos_token_id": 2, "use_cache": true, "logit_scale": 1, "num_experts": 0}""");
        assertThatCode(() -> config.refuseUnread("Llama")).doesNotThrowAnyException();
    }

    @Test
    void whatIsWithoutEffectAtOneValueOnlyIsRefusedAtOthers() {
        assertThatThrownBy(() -> config("{\"logit_scale\": 0.5}").refuseUnread("Llama"))
                .hasMessageContaining("logit_scale = 0.5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"dtype\": \"float16\", \"torch_dtype\": \"bfloat16\"}",
                "{\"torch_dtype\": \"float16\"}",
                "{\"text_config\": {\"torch_dtype\": \"float16\"}}",
                "{\"torch_dtype\": \"float16\", \"text_config\": {\"dtype\": \"bfloat16\"}}"
            })
    void theTypeOfTheWeightsIsFoundInEverySpelling(String json) {
        assertThat(config(json).type()).isEqualTo(TensorType.F16);
    }

    @Test
    void aReadingWithDefaultsCountsForTheFile() {
        ModelConfig config = config("{\"a\": 1}");
        config.withDefaults("{}").size("a");
        assertThatCode(() -> config.refuseUnread("Llama")).doesNotThrowAnyException();
    }

    @Test
    void aLongValueIsCutInMessages() {
        String value = "x".repeat(5000);
        assertThatThrownBy(() -> config("{\"a\": \"" + value + "\"}").size("a"))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    private static ModelConfig config(String json) {
        return ModelConfig.of(FILE, Json.object(json));
    }
}
