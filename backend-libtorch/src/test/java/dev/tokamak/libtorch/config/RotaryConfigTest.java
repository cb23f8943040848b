package dev.tokamak.libtorch.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.weights.JsonFiles;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code transformers} makes of every spelling; {@code make_config_references.py} tells how. */
final class RotaryConfigTest {
    private static final Path FILE = Path.of("config.json");
    private static final String DEFAULTS = "{\"rope_theta\": 10000.0, \"max_position_embeddings\": 512}";

    static Stream<JsonObject> spellings() throws URISyntaxException {
        Path file = Path.of(
                RotaryConfigTest.class.getResource("/config/rotary.json").toURI());
        return JsonFiles.read(file).getJsonArray("cases").getValuesAs(JsonObject.class).stream();
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void everySpellingIsReadOrRefusedAsTransformersDoes(JsonObject spelling) {
        JsonObject config = spelling.getJsonObject("config");
        if (spelling.isNull("frequencies")) {
            assertThatThrownBy(() -> read(config))
                    .isInstanceOf(TokamakException.class)
                    .hasMessageStartingWith("config.json ")
                    .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
        } else {
            assertThat(read(config).frequencies(config.getInt("head_dim")))
                    .containsExactly(floats(spelling.getJsonArray("frequencies")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"yarn", "dynamic", "longrope", "proportional", "su", "mrope"})
    void aTypeThatIsNotSupportedIsRefusedByName(String type) {
        assertThatThrownBy(() -> read("{\"rope_scaling\": {\"rope_type\": \"" + type + "\", \"factor\": 4.0}}"))
                .hasMessage("config.json asks for rotary embedding of type " + type
                        + "; supported are default, linear and llama3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"partial_rotary_factor\": 0.5}",
                "{\"rope_parameters\": {\"rope_type\": \"default\", \"partial_rotary_factor\": 0.5}}"
            })
    void aPartialRotationIsRefusedByName(String config) {
        assertThatThrownBy(() -> read(config)).hasMessageContaining("partial_rotary_factor = 0.5");
    }

    @Test
    void aFullRotationMayBeNamed() {
        assertThat(read("{\"partial_rotary_factor\": 1.0}").theta()).isEqualTo(10000);
    }

    @Test
    void parametersByKindOfLayerAreRefusedRatherThanOverlooked() {
        assertThatThrownBy(() -> read("{\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 1e6}}}"))
                .hasMessageContaining("by kind of layer (full_attention)");
    }

    @Test
    void aParameterThatNoTypeKnowsIsRefusedByName() {
        assertThatThrownBy(() -> read("{\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2, \"gamma\": 3}}"))
                .hasMessageContaining("rope_scaling.gamma = 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-2.0", "null", "\"2\"", "[2]", "{}", "true", "1e999"})
    void anAbsurdFactorIsNamed(String factor) {
        assertThatThrownBy(() -> read("{\"rope_scaling\": {\"type\": \"linear\", \"factor\": " + factor + "}}"))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining("rope_scaling.factor = ")
                .hasMessageEndingWith("where a number above 0 is expected");
    }

    @Test
    void onlyLinearScalingLetsTheContextBeExceeded() {
        assertThat(read("{\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.5}}")
                        .stretch())
                .isEqualTo(2.5);
        assertThat(read("{}").stretch()).isEqualTo(1);
    }

    private static Rotary read(String json) {
        return read(Json.object(json));
    }

    private static Rotary read(JsonObject json) {
        ModelConfig config = ModelConfig.of(FILE, json).withDefaults(DEFAULTS);
        Rotary rotary = config.rotary();
        for (String shape : new String[] {
            "vocab_size",
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "head_dim",
            "max_position_embeddings",
            "layer_types"
        }) {
            config.ignore(shape);
        }
        config.refuseUnread("a test");
        return rotary;
    }

    /** Python writes floats as the doubles that they are. */
    private static float[] floats(JsonArray array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            JsonValue value = array.get(i);
            values[i] = (float) ((JsonNumber) value).doubleValue();
        }
        return values;
    }
}
