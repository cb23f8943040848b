package dev.tokamak.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Tokenizer;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders without tokenizer.json against {@code transformers}. Made by {@code src/test/python/make_conversions.py}. */
@Tag("json")
class ConversionTest {
    private final HuggingFaceTokenizerProvider provider = new HuggingFaceTokenizerProvider();

    @TempDir
    private Path folder;

    static List<String> names() throws IOException {
        return cases().stream().map(each -> each.getString("name")).toList();
    }

    private static List<JsonObject> cases() throws IOException {
        Path file = Path.of("src", "test", "resources", "tokenizers", "conversions.json");
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(file))) {
            return reader.readObject().getJsonArray("cases").getValuesAs(JsonObject.class);
        }
    }

    private JsonObject unpack(String name) throws IOException {
        JsonObject found = cases().stream()
                .filter(each -> each.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
        JsonObject files = found.getJsonObject("files");
        for (String file : files.keySet()) {
            Files.write(folder.resolve(file), Base64.getDecoder().decode(files.getString(file)));
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("names")
    void encodesAndDecodesAsTransformersDoes(String name) throws IOException {
        JsonObject expected = unpack(name);
        assertThat(provider.supports(folder)).isTrue();
        try (Tokenizer tokenizer = provider.create(folder)) {
            for (JsonObject each : expected.getJsonArray("encodings").getValuesAs(JsonObject.class)) {
                String text = each.getString("text");
                int[] ids = ids(each.getJsonArray("ids"));
                assertThat(tokenizer.encode(text, true)).as(text).containsExactly(ids);
                assertThat(tokenizer.encode(text, false)).as(text).containsExactly(ids(each.getJsonArray("plain_ids")));
                assertThat(tokenizer.decode(ids, true)).as(text).isEqualTo(each.getString("decoded"));
                assertThat(tokenizer.decode(ids, false)).as(text).isEqualTo(each.getString("decoded_with_special"));
            }
            expected.getJsonObject("added")
                    .forEach((content, id) -> assertThat(tokenizer.vocabulary().addedToken(content))
                            .as(content)
                            .hasValue(((JsonNumber) id).intValue()));
        }
    }

    private static int[] ids(JsonArray array) {
        return array.getValuesAs(JsonNumber.class).stream()
                .mapToInt(JsonNumber::intValue)
                .toArray();
    }

    /** What is broken may still be a vocabulary, but nothing else than a tokenizer or one line comes out. */
    @ParameterizedTest
    @ValueSource(strings = {"phi3", "t5", "bert", "tekken"})
    void brokenFilesAreRefusedInOneLine(String name) throws IOException {
        unpack(name);
        Path file = Files.list(folder)
                .filter(each -> !each.toString().contains("config"))
                .findFirst()
                .orElseThrow();
        byte[] whole = Files.readAllBytes(file);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            byte[] broken = random.nextBoolean() ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int i = 0; i < 3 && broken.length > 0; i++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            Files.write(file, broken);
            try (Tokenizer tokenizer = provider.create(folder)) {
                assertThat(tokenizer.encode("Hello <s> é世界 12", true)).isNotNull();
            } catch (TokamakException e) {
                assertThat(e.code()).as("seed %d", seed).isEqualTo(ErrorCode.CONFIGURATION);
                assertThat(e).as("seed %d", seed).hasMessageContaining(folder.toString());
                assertThat(e.getMessage()).as("seed %d", seed).doesNotContain("\n");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "qwen2 # merges.txt # a b c # merges.txt has the line \"a b c\"",
                "qwen2 # vocab.json # {\"a\": \"b\"} # vocab.json gives token \"a\" the id \"b\"",
                "qwen2 # vocab.json # {\"a\": -1} # vocab.json gives token \"a\" the id -1",
                "bert # vocab.txt # a # vocab.txt lacks the unknown token [UNK]",
                "mistral # tokenizer.model # # tokenizer.model is no SentencePiece model: it has no pieces",
                "mistral # tokenizer.model # IQ== 0 # tokenizer.model is no SentencePiece model",
                "tekken # tekken.json # {} # tekken.json is no tekken.json",
                "tekken # tekken.json # {\"config\": {\"pattern\": \"a\"}, \"vocab\": []} # does not list its special tokens",
                "tekken # tekken.json # {\"config\": {\"pattern\": \"a\"}, \"vocab\": [], \"special_tokens\": [{\"rank\": 1, \"token_str\": \"a\"}]} # from 0 on without a gap",
                "tekken # tekken.json # {\"config\": {\"pattern\": \"a\"}, \"vocab\": [{\"token_bytes\": \"?\"}], \"special_tokens\": []} # not base64",
                "tekken # tekken.json # {\"config\": {\"pattern\": \"a\", \"default_num_special_tokens\": 2000000000}, \"vocab\": [], \"special_tokens\": []} # default_num_special_tokens",
            })
    void whatIsWrongWithAFileIsSaid(String name, String file, String content, String refusal) throws IOException {
        unpack(name);
        Files.writeString(folder.resolve(file), content == null ? "" : content);
        assertThatThrownBy(() -> provider.create(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(refusal);
    }

    @Test
    void aFileThatIsTooLargeIsNotRead() throws IOException {
        unpack("mistral");
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("tokenizer.model").toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        assertThatThrownBy(() -> provider.create(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining("tokenizer.model has 1099511627776 bytes");
    }

    @Test
    void mergesAreNeededBesideAVocabulary() throws IOException {
        unpack("gpt2");
        Files.delete(folder.resolve("merges.txt"));
        assertThatThrownBy(() -> provider.create(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(folder.resolve("merges.txt") + " does not exist");
    }

    @Test
    void aClassThatIsNotKnownIsNamedWithTheWayToConvertIt() throws IOException {
        unpack("gpt2");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"WhisperTokenizer\"}");
        assertThatThrownBy(() -> provider.create(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining("no tokenizer.json, but vocab.json")
                .hasMessageContaining("WhisperTokenizer")
                .hasMessageContaining("AutoTokenizer.from_pretrained");
    }

    /** The native library would end the process. */
    @ParameterizedTest
    @ValueSource(strings = {"AAAA", "BAAAAAAAAAA=", "?", ""})
    void aBrokenTableOfCharactersIsRefused(String table) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, """
                {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Precompiled", "precompiled_charsmap": "%s"}]},
                "model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0.0]]}}""".formatted(table));
        assertThatThrownBy(() -> provider.create(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(file + " has a broken table of characters to normalise");
    }
}
