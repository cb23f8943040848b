package dev.tokamak.chattemplates;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The Java side of the differential fuzzer: renders every {@code {"template", "context"}} of the first file and writes
 * {@code {"text"}} or {@code {"error"}} for each to the second.
 */
final class RenderCases {
    private RenderCases() {}

    public static void main(String[] files) throws IOException {
        JsonArrayBuilder outcomes = jakarta.json.Json.createArrayBuilder();
        for (JsonValue value : Json.read(Path.of(files[0])).asJsonArray()) {
            outcomes.add(render(value.asJsonObject()));
        }
        try (JsonWriter writer = jakarta.json.Json.createWriter(Files.newBufferedWriter(Path.of(files[1])))) {
            writer.writeArray(outcomes.build());
        }
    }

    private static JsonObjectBuilder render(JsonObject example) {
        JsonObjectBuilder result = jakarta.json.Json.createObjectBuilder();
        try {
            Reference.Outcome outcome =
                    Reference.render(example.getString("template"), Json.map(example.getJsonObject("context")));
            return outcome.text() != null ? result.add("text", outcome.text()) : result.add("error", outcome.error());
        } catch (RuntimeException e) {
            // A defect of ours: nothing but TemplateError may come out.
            return result.add("error", "crash: " + e + " at " + e.getStackTrace()[0]);
        }
    }
}
