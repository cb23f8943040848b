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
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random tokenizers with random added tokens, of which {@code tokenizer_config.json} names some, against {@code transformers}.
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
    void encodesAndDecodesAsTransformersWithTheTokensOfBothFiles(JsonObject each) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), each.getString("tokenizer"));
        Files.writeString(folder.resolve("tokenizer_config.json"), each.getString("config"));
        try (Tokenizer tokenizer = new HuggingFaceTokenizerProvider().create(folder)) {
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

    @Test
    void aConfigurationThatIsNoJsonIsNamed() throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
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
