package dev.tokamak.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random tokenizers with random added tokens, of which the folder's other files name some, against {@code transformers}.
 * Made by {@code src/test/python/make_configured.py}.
 */
@Tag("json")
class ConfiguredTokenizersTest {
    @TempDir
    private Path folder;

    static List<JsonObject> cases() throws IOException {
        Path file = Path.of("src", "test", "resources", "tokenizers", "configured.json");
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(file))) {
            return reader.readObject().getJsonArray("cases").getValuesAs(JsonObject.class);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void encodesAndDecodesAsTransformersWithTheTokensOfAllFiles(JsonObject each) throws IOException {
        for (String name : each.getJsonObject("files").keySet()) {
            Files.writeString(folder.resolve(name), each.getJsonObject("files").getString(name));
        }
        try (Tokenizer tokenizer = new HuggingFaceTokenizerProvider().create(folder)) {
            each.getJsonObject("ids")
                    .forEach((content, id) -> assertThat(tokenizer.vocabulary().addedToken(content))
                            .as(content)
                            .hasValue(((JsonNumber) id).intValue()));
            for (JsonObject encoding : each.getJsonArray("encodings").getValuesAs(JsonObject.class)) {
                assertThat(tokenizer.encode(encoding.getString("text"), false))
                        .as(encoding.getString("text"))
                        .containsExactly(ids(encoding.getJsonArray("ids")));
            }
            for (JsonObject stream : each.getJsonArray("streams").getValuesAs(JsonObject.class)) {
                int[] ids = ids(stream.getJsonArray("ids"));
                assertThat(tokenizer.decode(ids, true)).as(stream.toString()).isEqualTo(stream.getString("decoded"));
                assertThat(tokenizer.decode(ids, false))
                        .as(stream.toString())
                        .isEqualTo(stream.getString("decoded_with_special"));
            }
        }
    }

    @Test
    void aLengthWithoutEndAsPythonWritesItIsPassedOver() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 1}, \"merges\": []}}");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"model_max_length\": Infinity}");
        try (Tokenizer tokenizer = new HuggingFaceTokenizerProvider().create(folder)) {
            assertThat(tokenizer.encode("ba", false)).containsExactly(1, 0);
        }
    }

    @Test
    void addedTokensGetTheIdsThatTheLibraryGivesThemWhateverTheFileSays() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"added_tokens": [{"id": 9, "content": "<x>", "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true}],
                "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.0], ["a", -1.0], ["b", -1.0]]}}""");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"image_token\": \"<i>\"}");
        try (Tokenizer tokenizer = new HuggingFaceTokenizerProvider().create(folder)) {
            assertThat(tokenizer.encode("<i>b<x>", false)).containsExactly(5, 3, 4);
            assertThat(tokenizer.vocabulary().addedToken("<x>")).hasValue(4);
            assertThat(tokenizer.vocabulary().specialTokens()).containsExactly(4, 5);
        }
    }

    @Test
    void anAddedTokenOfSpaceMarksIsSpacesInAStreamToo() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"added_tokens": [{"id": 3, "content": "▁▁", "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": false}],
                "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"}, {"type": "Fuse"}]},
                "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "▁": 2}, "merges": []}}""");
        try (Tokenizer tokenizer = new HuggingFaceTokenizerProvider().create(folder)) {
            Detokenizer detokenizer = tokenizer.detokenizer(true, new int[0]);
            StringBuilder text = new StringBuilder();
            for (int id : new int[] {0, 3, 1}) {
                detokenizer.append(id, text);
            }
            detokenizer.finish(text);
            assertThat(text).hasToString("a  b");
            assertThat(tokenizer.vocabulary().bytes(3)).containsExactly(' ', ' ');
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "\\n \\n # \"normalized\": true # leaves nothing of: id 2",
                "\\n \\u00a0 # \"lstrip\": true # id 2",
            })
    void tokensThatTheLibraryCannotSearchForAreRefused(String content, String flag, String refusal) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"added_tokens": [{"id": 2, "content": "CONTENT", "single_word": false, "rstrip": false, "special": false, FLAG},
                {"id": 3, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": true, "normalized": false,
                "special": true}],
                "normalizer": {"type": "Strip", "strip_left": true, "strip_right": true},
                "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}""".replace("CONTENT", content)
                .replace("FLAG", flag));
        assertThatThrownBy(() -> new HuggingFaceTokenizerProvider().create(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(folder.resolve("tokenizer.json").toString())
                .hasMessageContaining(refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"})
    void aFileBesideItThatIsNoJsonIsNamed(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.copy(Fixture.named("byte-level").folder().resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(file, "{");
        assertThatThrownBy(() -> new HuggingFaceTokenizerProvider().create(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(file.toString());
    }

    private static int[] ids(JsonArray array) {
        return array.getValuesAs(JsonNumber.class).stream()
                .mapToInt(JsonNumber::intValue)
                .toArray();
    }
}
