package dev.tokamak.libtorch.weights;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.PythonJson;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;

/** Reads the JSON files of a checkpoint folder. */
public final class JsonFiles {
    private JsonFiles() {}

    /**
     * Reads a file that must hold one JSON object.
     *
     * @param path the file
     * @return the object
     * @throws TokamakException naming the file and what is wrong with it
     */
    public static JsonObject read(Path path) {
        return read(path, JsonReader::readObject, "a JSON object");
    }

    /**
     * Reads a file that must hold one JSON array.
     *
     * @param path the file
     * @return the array
     * @throws TokamakException naming the file and what is wrong with it
     */
    public static JsonArray readList(Path path) {
        return read(path, JsonReader::readArray, "a JSON array");
    }

    private static <T> T read(Path path, Function<JsonReader, T> how, String expected) {
        try (JsonReader reader = Json.createReader(new StringReader(PythonJson.toJson(Files.readString(path))))) {
            return how.apply(reader);
        } catch (NoSuchFileException e) {
            throw TokamakException.configuration(path + " is missing");
        } catch (RuntimeException | IOException e) {
            // The parser has more than its own exceptions: it throws a bare one for what is nested too deeply.
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw TokamakException.configuration(path + " is not " + expected + ": " + message);
        }
    }
}
