package dev.tokamak.engine.model;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.PythonJson;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a JSON file into plain values: maps in order, lists, strings, longs, doubles, booleans, null. */
final class JsonFile {
    private JsonFile() {}

    /** The object in a file, or an empty map if there is no such file. */
    static Map<String, Object> readIfPresent(Path file) {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try (JsonReader reader = Json.createReader(new StringReader(PythonJson.toJson(Files.readString(file))))) {
            return object(reader.readObject());
        } catch (IOException | RuntimeException e) {
            // The parser has more than its own exceptions: it throws a bare one for what is nested too deeply.
            throw TokamakException.configuration(file + " is not a readable JSON object: " + firstLine(e));
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static Map<String, Object> object(Map<String, JsonValue> json) {
        Map<String, Object> plain = new LinkedHashMap<>();
        json.forEach((key, value) -> plain.put(key, plain(value)));
        return plain;
    }

    private static Object plain(JsonValue value) {
        switch (value.getValueType()) {
            case OBJECT:
                return object(value.asJsonObject());
            case ARRAY:
                List<Object> items = new ArrayList<>();
                value.asJsonArray().forEach(item -> items.add(plain(item)));
                return items;
            case STRING:
                return ((JsonString) value).getString();
            case NUMBER:
                JsonNumber number = (JsonNumber) value;
                // Python's whole numbers have no end; what no long holds is as good as a double for whatever is read
                // here.
                boolean whole = number.toString().matches("-?\\d{1,18}");
                return whole ? (Object) number.longValue() : (Object) number.doubleValue();
            case TRUE:
                return true;
            case FALSE:
                return false;
            default:
                return null;
        }
    }
}
