package dev.tokamak.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.EncodedPair;
import dev.tokamak.spi.tokenizer.Tokenizer;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pairs of texts as the Python library encodes them; {@code src/test/python/make_pairs.py} tells how they were made. */
final class PairsTest {
    private static final Path TOKENIZERS = Path.of("src", "test", "resources", "tokenizers");

    @TempDir
    private Path folder;

    /** A post-processor and what comes of pairs with it. */
    record Case(String name, JsonObject processor, List<JsonObject> pairs) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() throws IOException {
        return read(TOKENIZERS.resolve("pairs.json")).getJsonArray("cases").getValuesAs(JsonObject.class).stream()
                .map(each -> new Case(
                        each.getString("name"),
                        each.getJsonObject("post_processor"),
                        each.getJsonArray("pairs").getValuesAs(JsonObject.class)))
                .toList();
    }

    private static JsonObject read(Path file) throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(Files.readString(file)))) {
            return reader.readObject();
        }
    }

    private Tokenizer with(JsonObject processor) throws IOException {
        JsonObject plain = read(TOKENIZERS.resolve("wordpiece").resolve("tokenizer.json"));
        JsonObject processing =
                Json.createObjectBuilder(plain).add("post_processor", processor).build();
        Files.writeString(folder.resolve("tokenizer.json"), processing.toString());
        return new HuggingFaceTokenizerProvider().create(folder);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pairsAreWhatPythonMakesOfThem(Case each) throws IOException {
        try (Tokenizer tokenizer = with(each.processor())) {
            for (JsonObject pair : each.pairs()) {
                EncodedPair found = tokenizer.encodePair(pair.getString("first"), pair.getString("second"));
                assertThat(found.tokenIds())
                        .as("%s", pair)
                        .containsExactly(pair.getJsonArray("ids").getValuesAs(JsonNumber.class).stream()
                                .mapToInt(JsonNumber::intValue)
                                .toArray());
                assertThat(found.secondText()).as("%s", pair).isEqualTo(pair.getInt("second_text"));
            }
        }
    }

    @Test
    void typesThatAreNoTwoTextsAreRefused() throws IOException {
        String template = """
                {"type": "TemplateProcessing", "special_tokens": {},
                 "single": [{"Sequence": {"id": "A", "type_id": 0}}],
                 "pair": [{"Sequence": {"id": "A", "type_id": 2}}, {"Sequence": {"id": "B", "type_id": 1}}]}""";
        try (JsonReader reader = Json.createReader(new StringReader(template));
                Tokenizer tokenizer = with(reader.readObject())) {
            assertThatThrownBy(() -> tokenizer.encodePair("a", "b"))
                    .isInstanceOf(TokamakException.class)
                    .hasMessageContaining("types other than 0 and then 1");
        }
    }
}
