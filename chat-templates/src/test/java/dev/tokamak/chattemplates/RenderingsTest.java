package dev.tokamak.chattemplates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every rendering is byte for byte what jinja2 makes of the template with Hugging Face's settings. */
class RenderingsTest {
    private static final String FOLDER_VARIABLE = "TOKAMAK_CHAT_TEMPLATES";
    private static final Path FIXTURES = Path.of(System.getProperty("basedir", "."), "fixtures");

    /** The wording of Python's own errors is Python's business; jinja2's is part of what users see. */
    private static final Set<String> WORDED = Set.of(
            "UndefinedError", "SecurityError", "TemplateError", "TemplateRuntimeError", "TemplateAssertionError");

    @Test
    void templatesInTheStyleOfEachFamilyRenderAsInPython() throws IOException {
        assertThat(differences(FIXTURES)).isEmpty();
    }

    @Test
    void templatesOfRealModelsRenderAsInPython() throws IOException {
        String folder = System.getenv(FOLDER_VARIABLE);
        assumeTrue(
                folder != null && !folder.isBlank(),
                FOLDER_VARIABLE + " is not set, so the templates of real models are not compared");
        assertThat(differences(Path.of(folder))).isEmpty();
    }

    @Test
    void everySnippetOfTheLanguageRendersAsInPython() {
        JsonObject file = Json.read(FIXTURES.resolve("snippets.json")).asJsonObject();
        Map<String, Object> variables = Json.map(file.getJsonObject("variables"));
        List<String> differences = new ArrayList<>();
        for (JsonValue value : file.getJsonArray("snippets")) {
            JsonObject snippet = value.asJsonObject();
            String template = snippet.getString("template");
            Reference.Outcome actual = Reference.render(template, variables);
            if (!comparable(outcome(snippet)).equals(comparable(actual))) {
                differences.add(template + "\n  expected " + outcome(snippet) + "\n  rendered " + actual);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static Reference.Outcome comparable(Reference.Outcome outcome) {
        if (outcome.error() == null) {
            return outcome;
        }
        String kind = outcome.error().substring(0, outcome.error().indexOf(':'));
        return new Reference.Outcome(null, WORDED.contains(kind) ? outcome.error() : kind);
    }

    private static Reference.Outcome outcome(JsonObject json) {
        return new Reference.Outcome(json.getString("text", null), json.getString("error", null));
    }

    private static List<String> differences(Path folder) throws IOException {
        JsonObject expected = Json.read(folder.resolve("expected.json")).asJsonObject();
        JsonObject contexts = Json.read(folder.resolve("contexts.json")).asJsonObject();
        assertThat(expected).isNotEmpty();
        List<String> differences = new ArrayList<>();
        for (Map.Entry<String, JsonValue> entry : expected.entrySet()) {
            String[] key = entry.getKey().split("\\|");
            byte[] source = Files.readAllBytes(folder.resolve("templates").resolve(key[0]));
            Reference.Outcome actual = Reference.render(
                    new String(source, StandardCharsets.UTF_8), Json.map(contexts.getJsonObject(key[1])));
            Reference.Outcome wanted = outcome(entry.getValue().asJsonObject());
            if (!wanted.equals(actual)) {
                differences.add(entry.getKey() + "\n  expected " + wanted + "\n  rendered " + actual);
            }
        }
        return differences;
    }
}
