package dev.tokamak.tokenizers;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Writes the text of a {@code tokenizer.json}, and the small parts that conversions put it together from. */
final class TokenizerJson {
    private JsonValue normalizer = JsonValue.NULL;
    private JsonValue preTokenizer = JsonValue.NULL;
    private JsonValue decoder = JsonValue.NULL;
    private JsonArray added = JsonValue.EMPTY_JSON_ARRAY;

    TokenizerJson added(JsonArray tokens) {
        added = tokens;
        return this;
    }

    TokenizerJson normalizer(JsonValue value) {
        normalizer = value;
        return this;
    }

    TokenizerJson preTokenizer(JsonValue value) {
        preTokenizer = value;
        return this;
    }

    TokenizerJson decoder(JsonValue value) {
        decoder = value;
        return this;
    }

    private interface Model {
        void write(JsonGenerator to);
    }

    private String text(Model model) {
        StringWriter text = new StringWriter();
        try (JsonGenerator to = Json.createGenerator(text)) {
            to.writeStartObject().write("version", "1.0");
            to.write("added_tokens", added);
            to.write("normalizer", normalizer).write("pre_tokenizer", preTokenizer);
            to.write("post_processor", JsonValue.NULL).write("decoder", decoder);
            to.writeStartObject("model");
            model.write(to);
            to.writeEnd().writeEnd();
        }
        return text.toString();
    }

    /**
     * With pairs that become one token, in their order.
     *
     * @param flags of the model, such as {@code byte_fallback}
     */
    String bytePairs(Map<String, Integer> ids, List<? extends List<String>> merges, JsonObject flags) {
        return text(to -> {
            to.write("type", "BPE");
            flags.forEach(to::write);
            to.writeStartObject("vocab");
            ids.forEach(to::write);
            to.writeEnd().writeStartArray("merges");
            merges.forEach(pair ->
                    to.writeStartArray().write(pair.get(0)).write(pair.get(1)).writeEnd());
            to.writeEnd();
        });
    }

    String unigram(List<SentencePieceModel.Piece> pieces, int unkId, boolean byteFallback) {
        return text(to -> {
            to.write("type", "Unigram").write("unk_id", unkId).write("byte_fallback", byteFallback);
            to.writeStartArray("vocab");
            // As wide as Python reads them, so that no sum of scores comes out differently.
            pieces.forEach(piece -> to.writeStartArray()
                    .write(piece.text())
                    .write((double) piece.score())
                    .writeEnd());
            to.writeEnd();
        });
    }

    String wordPiece(Map<String, Integer> ids, String unknown) {
        return text(to -> {
            to.write("type", "WordPiece").write("unk_token", unknown);
            to.write("continuing_subword_prefix", "##").write("max_input_chars_per_word", 100);
            to.writeStartObject("vocab");
            ids.forEach(to::write);
            to.writeEnd();
        });
    }

    /** One part, of keys and values by turns. */
    static JsonObject part(String type, Object... values) {
        JsonObjectBuilder part = Json.createObjectBuilder().add("type", type);
        for (int i = 0; i < values.length; i += 2) {
            String key = (String) values[i];
            Object value = values[i + 1];
            if (value instanceof Boolean flag) {
                part.add(key, flag);
            } else if (value instanceof Integer number) {
                part.add(key, number);
            } else if (value instanceof JsonValue json) {
                part.add(key, json);
            } else {
                part.add(key, (String) value);
            }
        }
        return part.build();
    }

    static JsonArray list(JsonValue... values) {
        JsonArrayBuilder list = Json.createArrayBuilder();
        for (JsonValue value : values) {
            list.add(value);
        }
        return list.build();
    }

    static JsonObject byteLevel(boolean addPrefixSpace, boolean useRegex) {
        return part("ByteLevel", "add_prefix_space", addPrefixSpace, "trim_offsets", true, "use_regex", useRegex);
    }

    static JsonObject replace(String kind, String pattern, String by) {
        JsonObject of = Json.createObjectBuilder().add(kind, pattern).build();
        return part("Replace", "pattern", of, "content", by);
    }

    static JsonObject split(String kind, String pattern, String behavior) {
        JsonObject of = Json.createObjectBuilder().add(kind, pattern).build();
        return part("Split", "pattern", of, "behavior", behavior, "invert", false);
    }

    static JsonObject metaspace(String scheme, boolean split) {
        return part("Metaspace", "replacement", "▁", "prepend_scheme", scheme, "split", split);
    }

    /** A table by which SentencePiece normalises; nothing for an empty one. */
    static JsonValue precompiled(byte[] charsMap) {
        return charsMap.length == 0
                ? JsonValue.NULL
                : part(
                        "Precompiled",
                        "precompiled_charsmap",
                        Base64.getEncoder().encodeToString(charsMap));
    }

    /**
     * Puts tokens around a text.
     *
     * @param ids of the tokens
     * @param before in front of it
     * @param after behind it
     */
    static JsonObject template(Map<String, Integer> ids, List<String> before, List<String> after) {
        JsonArrayBuilder single = Json.createArrayBuilder();
        JsonObject text = Json.createObjectBuilder()
                .add("Sequence", Json.createObjectBuilder().add("id", "A").add("type_id", 0))
                .build();
        before.forEach(token -> single.add(special(token)));
        single.add(text);
        after.forEach(token -> single.add(special(token)));
        JsonObject second = Json.createObjectBuilder()
                .add("Sequence", Json.createObjectBuilder().add("id", "B").add("type_id", 1))
                .build();
        JsonObjectBuilder tokens = Json.createObjectBuilder();
        ids.forEach((token, id) -> tokens.add(
                token,
                Json.createObjectBuilder()
                        .add("id", token)
                        .add("ids", Json.createArrayBuilder().add(id))
                        .add("tokens", Json.createArrayBuilder().add(token))));
        return part(
                "TemplateProcessing",
                "single",
                single.build(),
                "pair",
                list(text, second),
                "special_tokens",
                tokens.build());
    }

    private static JsonObject special(String token) {
        return Json.createObjectBuilder()
                .add("SpecialToken", Json.createObjectBuilder().add("id", token).add("type_id", 0))
                .build();
    }
}
