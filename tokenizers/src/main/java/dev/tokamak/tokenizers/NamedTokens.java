package dev.tokamak.tokenizers;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens that a folder's {@code tokenizer_config.json} names beside those of {@code tokenizer.json}. {@code transformers} adds
 * them when it loads a tokenizer, and where both files have one, takes its flags from the former.
 */
final class NamedTokens {
    private static final List<String> FLAGS = List.of("single_word", "lstrip", "rstrip", "normalized", "special");
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    /** By content, in the order in which they are added; those without flags are only named. */
    private final Map<String, JsonObject> tokens = new LinkedHashMap<>();

    private NamedTokens() {}

    /** The tokens beside a {@code tokenizer.json}; none if there is no such file. */
    static NamedTokens beside(Path tokenizer) {
        Path file = tokenizer.resolveSibling("tokenizer_config.json");
        NamedTokens named = new NamedTokens();
        if (!Files.isRegularFile(file)) {
            return named;
        }
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(file))) {
            named.collect(reader.readObject());
        } catch (IOException | RuntimeException e) {
            throw TokenizerFile.broken(file, "is not a readable JSON object: " + TokenizerFile.firstLine(e), e);
        }
        return named;
    }

    private void collect(JsonObject config) {
        if (config.get("added_tokens_decoder") instanceof JsonObject byId) {
            byId.entrySet().stream()
                    .filter(each -> each.getKey().matches("\\d{1,9}") && each.getValue() instanceof JsonObject)
                    .sorted((a, b) -> Integer.compare(Integer.parseInt(a.getKey()), Integer.parseInt(b.getKey())))
                    .map(each -> each.getValue().asJsonObject())
                    .filter(token -> token.get("content") instanceof JsonString)
                    .forEach(token -> tokens.put(token.getString("content"), token));
        }
        ROLES.forEach(role -> name(config.get(role)));
        for (String field : new String[] {"extra_special_tokens", "additional_special_tokens"}) {
            JsonValue extra = config.get(field);
            if (extra instanceof JsonArray list) {
                list.forEach(this::name);
            } else if (extra instanceof JsonObject byName) {
                byName.values().forEach(this::name);
            }
        }
    }

    private void name(JsonValue token) {
        if (token instanceof JsonString text && !text.getString().isEmpty()) {
            tokens.putIfAbsent(text.getString(), JsonValue.EMPTY_JSON_OBJECT);
        } else if (token instanceof JsonObject object && object.get("content") instanceof JsonString text) {
            tokens.putIfAbsent(text.getString(), JsonValue.EMPTY_JSON_OBJECT);
        }
    }

    /**
     * Adds the tokens to a tokenizer.
     *
     * @param text of a {@code tokenizer.json}
     * @param added what it adds itself, by content
     * @param ids of its model's tokens
     * @return the same text if nothing is to be added
     */
    String into(String text, Map<String, JsonObject> added, Map<String, Integer> ids) {
        Map<String, JsonObject> all = new LinkedHashMap<>(added);
        int next = Math.max(
                ids.size(),
                1
                        + added.values().stream()
                                .mapToInt(token -> token.getInt("id"))
                                .max()
                                .orElse(-1));
        for (Map.Entry<String, JsonObject> each : tokens.entrySet()) {
            JsonObject before = all.get(each.getKey());
            if (before != null) {
                if (!each.getValue().isEmpty()) {
                    all.put(each.getKey(), token(each.getKey(), before.getInt("id"), each.getValue()));
                }
                continue;
            }
            Integer known = ids.get(each.getKey());
            all.put(each.getKey(), token(each.getKey(), known == null ? next++ : known, each.getValue()));
        }
        if (all.equals(added)) {
            return text;
        }
        JsonArrayBuilder array = Json.createArrayBuilder();
        all.values().forEach(array::add);
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return Json.createObjectBuilder(reader.readObject())
                    .add("added_tokens", array)
                    .build()
                    .toString();
        }
    }

    /** One that is only named is special, and found in text as it stands. */
    private static JsonObject token(String content, int id, JsonObject flags) {
        var token = Json.createObjectBuilder().add("id", id).add("content", content);
        for (String flag : FLAGS) {
            boolean otherwise = flag.equals("special") && flags.isEmpty()
                    || flag.equals("normalized") && !flags.isEmpty() && !flags.getBoolean("special", false);
            token.add(flag, flags.getBoolean(flag, otherwise));
        }
        return token.build();
    }
}
