package dev.tokamak.tokenizers;

import dev.tokamak.spi.tokenizer.Tokenizer;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small tokenizer, and what the Python library answers with it. Made by {@code src/test/python/make_fixtures.py}. */
final class Fixture {
    private static final Path FOLDER = Path.of("src", "test", "resources", "tokenizers");

    private final Path folder;
    private final JsonObject expected;

    record Encoding(String text, int[] ids, int[] plainIds, String decoded, String decodedWithSpecial) {}

    record Stream(int[] ids, String decoded, String decodedWithSpecial) {}

    private Fixture(String name) {
        folder = FOLDER.resolve(name);
        try (JsonReader reader =
                Json.createReader(new StringReader(Files.readString(folder.resolve("expected.json"))))) {
            expected = reader.readObject();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the fixture " + folder, e);
        }
    }

    static Fixture named(String name) {
        return new Fixture(name);
    }

    Path folder() {
        return folder;
    }

    Tokenizer open() {
        return new HuggingFaceTokenizerProvider().create(folder);
    }

    int size() {
        return expected.getInt("size");
    }

    List<Encoding> encodings() {
        return expected.getJsonArray("encodings").getValuesAs(JsonObject.class).stream()
                .map(e -> new Encoding(
                        e.getString("text"),
                        ids(e.getJsonArray("ids")),
                        ids(e.getJsonArray("plain_ids")),
                        e.getString("decoded"),
                        e.getString("decoded_with_special")))
                .toList();
    }

    List<Stream> streams() {
        return expected.getJsonArray("streams").getValuesAs(JsonObject.class).stream()
                .map(e -> new Stream(
                        ids(e.getJsonArray("ids")), e.getString("decoded"), e.getString("decoded_with_special")))
                .toList();
    }

    private static int[] ids(JsonArray array) {
        return array.getValuesAs(JsonNumber.class).stream()
                .mapToInt(JsonNumber::intValue)
                .toArray();
    }
}
