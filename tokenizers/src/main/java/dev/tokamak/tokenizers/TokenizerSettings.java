package dev.tokamak.tokenizers;

import dev.tokamak.spi.PythonJson;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What lies beside a tokenizer and says more about it; each empty if there is no such file.
 *
 * @param config of {@code tokenizer_config.json}
 * @param specialTokensMap of {@code special_tokens_map.json}
 * @param addedTokens of {@code added_tokens.json}: ids by content
 */
record TokenizerSettings(JsonObject config, JsonObject specialTokensMap, JsonObject addedTokens) {
    static TokenizerSettings beside(Path file) {
        return new TokenizerSettings(
                object(file.resolveSibling("tokenizer_config.json")),
                object(file.resolveSibling("special_tokens_map.json")),
                object(file.resolveSibling("added_tokens.json")));
    }

    static JsonObject object(Path file) {
        if (!Files.isRegularFile(file)) {
            return JsonValue.EMPTY_JSON_OBJECT;
        }
        try (JsonReader reader = Json.createReader(new StringReader(PythonJson.toJson(Files.readString(file))))) {
            return reader.readObject();
        } catch (IOException | RuntimeException e) {
            throw TokenizerFile.broken(file, "is not a readable JSON object: " + TokenizerFile.firstLine(e), e);
        }
    }
}
