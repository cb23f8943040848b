package dev.tokamak.libtorch.model.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.cache.CacheLayout;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.weights.JsonFiles;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From {@code config.json} to a decoder's parts, with the meaning that {@code transformers} gives each key. */
final class ModelFamilyTest {
    private static final String TINY = "\"vocab_size\": 32, \"hidden_size\": 64, \"intermediate_size\": 96,"
            + " \"num_attention_heads\": 4, \"num_key_value_heads\": 4, \"max_position_embeddings\": 128";

    @TempDir
    private Path folder;

    /** What the classes do not keep as fields: older spellings, whose defaults stand in their code. */
    private static final List<String> ELSEWHERE = List.of(
            "sliding_window_pattern",
            "tie_word_embeddings",
            "partial_rotary_factor",
            "rope_parameters",
            "rotary_pct",
            "rotary_emb_base",
            "rope_local_base_freq",
            "add_cross_attention",
            "use_bidirectional_attention",
            "global_attn_every_n_layers");

    static List<ModelFamily> families() {
        return ModelFamily.ALL;
    }

    @ParameterizedTest
    @MethodSource("families")
    void absentKeysMeanWhatTransformersClassesSay(ModelFamily family) throws URISyntaxException {
        Path file = Path.of(
                ModelFamilyTest.class.getResource("/config/defaults.json").toURI());
        JsonObject expected = JsonFiles.read(file).getJsonObject(family.modelType());
        try (JsonReader reader = Json.createReader(new StringReader(family.defaults()))) {
            Map<String, String> ours = texts(reader.readObject());
            assertThat(ours).containsAllEntriesOf(texts(expected));
            ours.keySet().removeAll(expected.keySet());
            ours.keySet().removeAll(ELSEWHERE);
            // A key that the class does not have is null to it.
            assertThat(ours.values()).allMatch(value -> value.equals("null"));
        }
    }

    private static Map<String, String> texts(JsonObject object) {
        return object.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        each -> each.getValue() instanceof jakarta.json.JsonNumber number
                                ? String.valueOf(number.doubleValue())
                                : each.getValue().toString()));
    }

    private static int commonWindow(Transformer model) {
        return CacheLayout.single(model.cacheLayers()).kvGroups(1).get(0).window();
    }

    @Test
    void anEmptyMistralHasAWindowAndNullHasNone() throws IOException {
        assertThat(commonWindow(model("\"model_type\": \"mistral\", " + TINY))).isEqualTo(4096);
        assertThat(commonWindow(model("\"model_type\": \"mistral\", \"sliding_window\": null, " + TINY)))
                .isZero();
    }

    @Test
    void qwensWindowsBeginAtLayer28UnlessTheFileSaysOtherwise() throws IOException {
        assertThat(windows(model("\"model_type\": \"qwen2\", \"use_sliding_window\": true, " + TINY)))
                .startsWith(new int[28])
                .endsWith(4096, 4096, 4096, 4096);
        assertThat(windows(model("\"model_type\": \"qwen3\", \"use_sliding_window\": true, \"sliding_window\": 8,"
                        + " \"max_window_layers\": 0, \"num_hidden_layers\": 2, " + TINY)))
                .containsExactly(8, 8);
        assertThat(commonWindow(
                        model("\"model_type\": \"qwen2\", \"sliding_window\": 8, \"max_window_layers\": 0, " + TINY)))
                .isZero();
    }

    @Test
    void layerTypesGoBeforeAllElse() throws IOException {
        assertThat(windows(model("\"model_type\": \"qwen2\", \"use_sliding_window\": true, \"sliding_window\": 8,"
                        + " \"num_hidden_layers\": 2, \"layer_types\": [\"sliding_attention\", \"attention\"], "
                        + TINY)))
                .containsExactly(8, 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[]", "[\"full_attention\"]", "\"full_attention\"", "[1, 2]", "[\"full_attention\", \"odd\"]"})
    void layerTypesThatDoNotFitAreRefused(String types) {
        assertRefused(
                "\"model_type\": \"qwen2\", \"num_hidden_layers\": 2, \"layer_types\": " + types + ", " + TINY,
                "has layer_types = ");
    }

    @Test
    void slidingLayersWithoutAWindowAreRefused() {
        assertRefused(
                "\"model_type\": \"qwen3\", \"num_hidden_layers\": 1, \"layer_types\": [\"sliding_attention\"], "
                        + TINY,
                "has sliding layers in layer_types but no sliding_window");
    }

    @Test
    void qwen3sHeadsAre128WideAndTheOthersShareTheHiddenSize() throws IOException {
        assertThat(shape(model("\"model_type\": \"qwen3\", " + TINY)).headDim()).isEqualTo(128);
        assertThat(shape(model("\"model_type\": \"qwen2\", " + TINY)).headDim()).isEqualTo(16);
        assertThat(shape(model("\"model_type\": \"llama\", \"head_dim\": null, " + TINY))
                        .headDim())
                .isEqualTo(16);
    }

    @Test
    void keyValueHeadsThatAreNullAreAsManyAsHeadsAndAbsentOnesTheClassDefault() throws IOException {
        String without = TINY.replace(", \"num_key_value_heads\": 4", "");
        assertThat(shape(model("\"model_type\": \"llama\", " + without)).kvHeads())
                .isEqualTo(4);
        assertThat(shape(model("\"model_type\": \"mistral\", \"num_key_value_heads\": null, " + without))
                        .kvHeads())
                .isEqualTo(4);
        assertRefused("\"model_type\": \"mistral\", " + without, "has 4 heads that cannot share 8 key-value heads");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"silu\"", "\"swish\""})
    void bothNamesOfSiluAreTaken(String name) throws IOException {
        assertThat(model("\"model_type\": \"llama\", \"hidden_act\": " + name + ", " + TINY))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"tanh\"", "[\"silu\"]", "null", "7"})
    void anotherActivationIsNamed(String value) {
        assertRefused("\"model_type\": \"llama\", \"hidden_act\": " + value + ", " + TINY, "has hidden_act = ");
    }

    @Test
    void theArchitectureGoesBeforeTheModelTypeAndEitherWillDo() throws IOException {
        assertThat(family("\"architectures\": [\"Qwen3ForCausalLM\"], \"model_type\": \"odd\""))
                .isInstanceOf(Qwen3.class);
        assertThat(family("\"architectures\": [], \"model_type\": \"mistral\"")).isInstanceOf(Mistral.class);
        assertThat(family("\"architectures\": null, \"model_type\": \"llama\"")).isInstanceOf(Llama.class);
        assertThatThrownBy(() -> family("\"model_type\": \"mamba\"")).hasMessageContaining("is of model_type mamba;");
        assertThatThrownBy(() -> family("\"vocab_size\": 7"))
                .hasMessageContaining("names neither architectures nor a model_type");
        assertThatThrownBy(() -> family("\"architectures\": \"LlamaForCausalLM\""))
                .hasMessageContaining("has architectures = ");
    }

    @Test
    void aModelTypeIsComparedWithTheirsAsWellAsAnArchitecture() {
        assertThatThrownBy(() -> family("\"architectures\": [\"XForCausalLM\"], \"model_type\": \"gpt_neo\""))
                .hasMessageContaining("is of architecture XForCausalLM; the nearest names that are supported are"
                        + " GPTNeoXForCausalLM");
        assertThatThrownBy(() -> family("\"model_type\": \"something_else_entirely\""))
                .hasMessageContaining("is of model_type something_else_entirely; the command \"tokamak models\" lists");
    }

    @Test
    void aModelForImagesHasTheFamilyOfItsLanguageModel() throws IOException {
        assertThat(family("\"architectures\": [\"LlavaForConditionalGeneration\"],"
                        + " \"text_config\": {\"model_type\": \"mistral\"}"))
                .isInstanceOf(Mistral.class);
        assertThat(family("\"architectures\": [\"LlavaForConditionalGeneration\"], \"text_config\": {}"))
                .isInstanceOf(Llama.class);
        assertThat(family("\"model_type\": \"gemma3\"")).isInstanceOf(Gemma3.class);
        assertThatThrownBy(() -> family("\"model_type\": \"llava\", \"text_config\": {\"model_type\": \"lama\"}"))
                .hasMessageContaining("is of architecture LlavaForConditionalGeneration around a language model of"
                        + " model_type lama; the nearest names that are supported are LlamaForCausalLM");
    }

    @Test
    void whatALanguageModelWithinAnotherDoesNotKnowIsRefusedWithItsPlace() {
        assertRefused(
                "\"model_type\": \"llava\", \"vision_config\": {\"x\": 1}, \"text_config\": {\"gate\": 2, " + TINY
                        + "}",
                "asks for text_config.gate = 2, which is not known for LlamaForCausalLM");
        assertRefused(
                "\"model_type\": \"llava\", \"gate\": 2, \"text_config\": {" + TINY + "}",
                "asks for gate = 2, which is not known for LlamaForCausalLM");
    }

    @Test
    void whatAFamilyDoesAnywayMayBeSaidAndNothingElse() throws IOException {
        String layers = "\"model_type\": \"cohere2\", \"use_parallel_block\": true, \"rotary_pct\": 1.0, " + TINY;
        assertThat(model(layers)).isNotNull();
        assertRefused(layers + ", \"position_embedding_type\": \"absolute\"", "position_embedding_type = \"absolute\"");
        assertRefused(layers + ", \"layer_switch\": 5", "layer_switch = 5");
    }

    @Test
    void quantisedWeightsAreRefusedWithTheirMethod() {
        assertRefused(
                "\"model_type\": \"llama\", \"quantization_config\": {\"quant_method\": \"awq\", \"bits\": 4}, " + TINY,
                "says that the weights are quantised (quantization_config, method awq)");
    }

    @ParameterizedTest
    @CsvSource({
        "num_hidden_layers, 1000000000",
        "hidden_size, 1000000000",
        "intermediate_size, 1000000000",
        "head_dim, 1000000000"
    })
    void aModelThatNoMachineHoldsIsRefusedBeforeMemoryIsTaken(String key, String value) {
        assertRefused(
                "\"model_type\": \"llama\", " + TINY.replaceAll(", \"" + key + "\": \\d+", "") + ", \"" + key + "\": "
                        + value,
                "which no machine holds");
    }

    @Test
    void whatAFamilyDoesNotKnowIsRefusedByName() {
        assertRefused("\"model_type\": \"llama\", \"sliding_window\": 512, " + TINY, "sliding_window = 512");
        assertRefused(
                "\"model_type\": \"qwen2\", \"final_logit_softcapping\": 30.0, " + TINY, "final_logit_softcapping");
    }

    @Test
    void aDirectionThatAFamilyDoesNotLookInIsRefused() {
        assertRefused("\"model_type\": \"llama\", \"is_causal\": false, " + TINY, "is_causal = false");
        assertRefused("\"model_type\": \"bert\", \"is_decoder\": true, " + TINY, "has is_decoder = true");
        assertRefused(
                "\"model_type\": \"gemma3_text\", \"use_bidirectional_attention\": true, " + TINY,
                "describes attention in both directions, from which no text can be generated");
    }

    @Test
    void anArchitecturesEndingSaysWhatAModelGives() throws IOException {
        assertThat(model("\"architectures\": [\"LlamaForCausalLM\"], " + TINY).pooler())
                .isNull();
        assertThat(model("\"architectures\": [\"LlamaModel\"], " + TINY)
                        .pooler()
                        .givesScores())
                .isFalse();
        assertThat(model("\"architectures\": [\"LlamaForSequenceClassification\"], " + TINY)
                        .pooler()
                        .givesScores())
                .isTrue();
        assertThat(model("\"architectures\": [\"BertForMaskedLM\"], "
                                + TINY.replace(", \"num_key_value_heads\": 4", ""))
                        .pooler()
                        .givesScores())
                .isFalse();
        assertThatThrownBy(() -> family("\"architectures\": [\"BertForTokenClassification\"]"))
                .hasMessageContaining("is of architecture BertForTokenClassification;");
    }

    static Stream<String> numericKeys() {
        return Stream.of(
                "vocab_size",
                "hidden_size",
                "intermediate_size",
                "num_hidden_layers",
                "num_attention_heads",
                "num_key_value_heads",
                "head_dim",
                "max_position_embeddings",
                "rms_norm_eps",
                "rope_theta",
                "sliding_window",
                "max_window_layers");
    }

    @ParameterizedTest
    @MethodSource("numericKeys")
    void anAbsurdNumberIsNamedWhereverItStands(String key) {
        for (String value : new String[] {"-1", "\"7\"", "[7]", "{}", "true", "1e400"}) {
            assertRefused(
                    "\"model_type\": \"qwen3\", \"use_sliding_window\": true, "
                            + TINY.replaceAll("\"" + key + "\": \\d+, ", "").replaceAll(", \"" + key + "\": \\d+", "")
                            + ", \"" + key + "\": " + value,
                    "has " + key + " = ");
        }
    }

    private ModelConfig config(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{" + json + "}");
        return ModelConfig.read(folder);
    }

    private ModelFamily family(String json) throws IOException {
        return ModelFamily.of(config(json));
    }

    private Transformer model(String json) throws IOException {
        ModelConfig config = config(json);
        return ModelFamily.of(config).compose(config);
    }

    private static AttentionShape shape(Transformer model) {
        return model.cacheLayers().get(0);
    }

    private static int[] windows(Transformer model) {
        return model.cacheLayers().stream().mapToInt(AttentionShape::window).toArray();
    }

    private void assertRefused(String json, String problem) {
        assertThatThrownBy(() -> model(json))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(problem)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }
}
