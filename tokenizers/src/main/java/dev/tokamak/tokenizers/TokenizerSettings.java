package dev.tokamak.tokenizers;

import dev.tokamak.spi.PythonJson;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    /** The same with roles that are taken where no file names them, by name and token in turn. */
    TokenizerSettings withRoles(String... defaults) {
        JsonObjectBuilder more = Json.createObjectBuilder(config);
        for (int i = 0; i < defaults.length; i += 2) {
            if (!config.containsKey(defaults[i])) {
                more.add(defaults[i], defaults[i + 1]);
            }
        }
        return new TokenizerSettings(more.build(), specialTokensMap, addedTokens);
    }

    /** The same with tokens that are added unless the configuration lists its own. */
    TokenizerSettings withExtra(List<AddedToken> tokens) {
        boolean listed = config.containsKey("additional_special_tokens")
                || config.containsKey("extra_special_tokens")
                        && !(config.get("extra_special_tokens") instanceof JsonObject);
        if (listed) {
            return this;
        }
        JsonArrayBuilder list = Json.createArrayBuilder();
        tokens.forEach(token -> list.add(token.json(0)));
        return new TokenizerSettings(
                Json.createObjectBuilder(config)
                        .add("additional_special_tokens", list)
                        .build(),
                Json.createObjectBuilder(specialTokensMap)
                        .remove("additional_special_tokens")
                        .build(),
                addedTokens);
    }

    /** The same with a mask that takes the space before it along, unless its flags are given. */
    TokenizerSettings withStrippedMask() {
        if (!(config.get("mask_token") instanceof JsonString mask)) {
            return this;
        }
        JsonObject token = new AddedToken(mask.getString(), false, true, false, false, true).json(0);
        return new TokenizerSettings(
                Json.createObjectBuilder(config).add("mask_token", token).build(), specialTokensMap, addedTokens);
    }

    /** The same with listed tokens that are looked for in a text as it is written. */
    TokenizerSettings withAddedTokensAsWritten() {
        if (!(config.get("added_tokens_decoder") instanceof JsonObject byId)) {
            return this;
        }
        JsonObjectBuilder tokens = Json.createObjectBuilder(byId);
        byId.forEach((id, token) -> {
            if (token instanceof JsonObject object) {
                tokens.add(id, Json.createObjectBuilder(object).add("normalized", false));
            }
        });
        return new TokenizerSettings(
                Json.createObjectBuilder(config)
                        .add("added_tokens_decoder", tokens)
                        .build(),
                specialTokensMap,
                addedTokens);
    }

    /** The token that has a role, or null. */
    String role(String name) {
        boolean old = !(config.get("added_tokens_decoder") instanceof JsonObject);
        JsonValue value = old && specialTokensMap.containsKey(name) ? specialTokensMap.get(name) : config.get(name);
        if (value instanceof JsonObject token && token.get("content") instanceof JsonString content) {
            return content.getString();
        }
        return value instanceof JsonString text ? text.getString() : null;
    }

    boolean flag(String name, boolean absent) {
        return config.getBoolean(name, absent);
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
