package dev.tokamak.libtorch.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.model.families.ModelFamily;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.model.parts.Transformer;
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
import org.junit.jupiter.params.provider.CsvSource;
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
            assertThatThrownBy(() -> compose(config))
                    .isInstanceOf(TokamakException.class)
                    .hasMessageStartingWith("config.json ")
                    .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
        } else {
            boolean sliding = spelling.getString("kind", "").equals("sliding_attention");
            RotaryTable table = compose(config).rotaries().get(sliding ? 1 : 0);
            assertThat(table.rotary().frequencies(table.rotaryDim(), spelling.getInt("length")))
                    .containsExactly(floats(spelling.getJsonArray("frequencies")));
            assertThat(table.rotary().attentionFactor())
                    .isEqualTo((float) spelling.getJsonNumber("factor").doubleValue());
        }
    }

    private static Transformer compose(JsonObject json) {
        ModelConfig config = ModelConfig.of(FILE, json);
        return ModelFamily.of(config).compose(config);
    }

    @ParameterizedTest
    @ValueSource(strings = {"su", "mrope", "axial", "Linear"})
    void aTypeThatIsNotSupportedIsRefusedByName(String type) {
        assertThatThrownBy(() -> read("{\"rope_scaling\": {\"rope_type\": \"" + type + "\", \"factor\": 4.0}}"))
                .hasMessage("config.json asks for rotary embedding of type " + type
                        + "; supported are default, linear, dynamic, yarn, longrope, llama3 and proportional");
    }

    /** The first files of Phi 3 with 128k tokens, which {@code transformers} 5 has forgotten how to read. */
    @Test
    void theOldNameOfLongropeIsRead() {
        String config = "{\"model_type\": \"phi3\", \"hidden_size\": 64, \"num_attention_heads\": 16,"
                + " \"original_max_position_embeddings\": 64, \"rope_scaling\": {\"type\": \"su\","
                + " \"short_factor\": [1.0, 1.5], \"long_factor\": [2.0, 4.0]}}";
        Rotary rotary = compose(Json.object(config)).rotaries().get(0).rotary();
        assertThat(rotary.frequencies(4, 64)[0]).isEqualTo(1);
        assertThat(rotary.frequencies(4, 65)[0]).isEqualTo(0.5f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[0.0, 1.0]", "[-1.0, 1.0]", "[1e999, 1.0]", "[null, 1.0]", "{}", "7"})
    void absurdFactorsOfPairsAreNamed(String factors) {
        assertThatThrownBy(() -> read("{\"rope_scaling\": {\"type\": \"longrope\", \"long_factor\": [1, 1],"
                        + " \"short_factor\": " + factors + "}}"))
                .hasMessageStartingWith("config.json has rope_scaling.short_factor = ")
                .hasMessageEndingWith("where a list of numbers above 0 is expected");
    }

    @Test
    void parametersWithoutKindAreRefusedWhereKindsRotateDifferently() {
        String parameters = "{\"rope_type\": \"linear\", \"factor\": 8.0}";
        assertThatThrownBy(() -> compose(
                        Json.object("{\"model_type\": \"gemma3_text\", \"rope_parameters\": " + parameters + "}")))
                .hasMessageContaining("has rope_parameters.rope_type, where its architecture expects the parameters"
                        + " of each kind of layer");
        assertThatThrownBy(() -> compose(Json.object(
                        "{\"model_type\": \"gemma3_text\", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 8}}")))
                .hasMessageContaining("has rope_scaling with a type, which is called rope_type");
        assertThatThrownBy(() -> compose(Json.object("{\"model_type\": \"olmo3\", \"rope_scaling\": " + parameters
                        + ", \"rope_parameters\": {\"full_attention\": " + parameters + "}}")))
                .hasMessageContaining("keep one of them");
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

    @ParameterizedTest
    @CsvSource({"linear, 2.5", "dynamic, 2.5", "proportional, 2.5", "yarn, 1.25"})
    void scalingLetsTheContextBeExceeded(String type, double times) {
        assertThat(read("{\"rope_scaling\": {\"type\": \"" + type
                                + "\", \"factor\": 2.5, \"original_max_position_embeddings\": 256}}")
                        .stretch())
                .isEqualTo(times);
    }

    @Test
    void withoutScalingTheContextIsTheContext() {
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
