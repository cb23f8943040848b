package dev.tokamak.libtorch.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.stream.JsonParser;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("json")
final class JsonFilesTest {
    @TempDir
    private Path folder;

    @Test
    void theParserIsTheOneThatThisRunIsMeantFor() {
        try (JsonParser parser = Json.createParser(new StringReader("{}"))) {
            assertThat(parser.getClass()
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .endsWith(System.getProperty("tokamak.json"));
        }
    }

    @Test
    void anObjectIsReadInOrderWithItsTypes() throws IOException {
        JsonObject json = JsonFiles.read(file("{\"z\": [1, 2.5, 1e-06], \"a\": {\"b\": null}, \"é\": true}"));
        assertThat(json.keySet()).containsExactly("z", "a", "é");
        assertThat(json.getJsonArray("z").getJsonNumber(0).isIntegral()).isTrue();
        assertThat(json.getJsonArray("z").getJsonNumber(2).doubleValue()).isEqualTo(1e-6);
        assertThat(json.getJsonObject("a").isNull("b")).isTrue();
    }

    @Test
    void numbersThatAreNotFiniteAreReadAsPythonWritesThem() throws IOException {
        JsonObject json = JsonFiles.read(file("{\"a\": Infinity, \"b\": -Infinity, \"c\": NaN, \"d\": \"NaN\"}"));
        assertThat(json.getJsonNumber("a").doubleValue()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(json.getJsonNumber("b").doubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(json.getString("c")).isEqualTo("NaN");
        assertThat(json.getString("d")).isEqualTo("NaN");
    }

    static List<String> notAnObject() {
        return List.of(
                "",
                " ",
                "[]",
                "7",
                "null",
                "{\"a\":",
                "{\"a\": 1,}",
                "{'a': 1}",
                "{\"a\": " + "[".repeat(5000) + "]".repeat(5000) + "}");
    }

    @ParameterizedTest
    @MethodSource("notAnObject")
    void whatIsNoObjectIsRefusedInOneLineThatNamesTheFile(String text) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> JsonFiles.read(file))
                .isInstanceOf(TokamakException.class)
                .hasMessageStartingWith(file + " is not a JSON object: ")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path file = folder.resolve("absent.json");
        assertThatThrownBy(() -> JsonFiles.read(file)).hasMessage(file + " is missing");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("config.json"), text);
    }
}
