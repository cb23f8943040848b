package dev.tokamak.tokenizers;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Mistral's {@code tekken.json}: tokens as bytes by rank, ids behind those of the special tokens.
 *
 * @param pattern how a text is cut into words
 * @param ids of all tokens, bytes written in GPT-2's alphabet
 * @param special ids of the special ones
 * @param merges which two tokens become one, in order
 */
record TekkenFile(String pattern, Map<String, Integer> ids, Map<String, Integer> special, List<List<String>> merges) {

    static TekkenFile read(Path file) {
        JsonObject whole = TokenizerSettings.object(file);
        if (!(whole.get("config") instanceof JsonObject config)
                || !(config.get("pattern") instanceof JsonString pattern)
                || !(whole.get("vocab") instanceof JsonArray vocabulary)) {
            throw TokenizerFile.broken(file, "is no tekken.json: it has no config.pattern or no vocab", null);
        }
        if (!(whole.get("special_tokens") instanceof JsonArray specials)) {
            throw TokenizerFile.broken(
                    file,
                    "is of the first generation, which does not list its special tokens: take a tokenizer.json",
                    null);
        }
        Map<String, Integer> special = specials(specials, config.get("default_num_special_tokens"), file);
        int count = vocabulary.size();
        if (config.get("default_vocab_size") instanceof JsonNumber size) {
            count = Math.max(0, Math.min(count, size.intValue() - special.size()));
        }
        Map<String, Integer> ranks = new LinkedHashMap<>();
        for (JsonValue each : vocabulary.subList(0, count)) {
            ranks.put(token(each, file), ranks.size());
        }
        if (ranks.size() != count) {
            throw TokenizerFile.broken(file, "has a token twice", null);
        }
        List<List<String>> merges = Merge.all(ranks, file).stream()
                .sorted(Comparator.comparingInt(Merge::whole)
                        .thenComparingInt(Merge::leftId)
                        .thenComparingInt(Merge::rightId))
                .map(merge -> List.of(merge.left(), merge.right()))
                .toList();
        Map<String, Integer> ids = new LinkedHashMap<>(special);
        ranks.forEach((token, rank) -> ids.putIfAbsent(token, rank + special.size()));
        return new TekkenFile(pattern.getString(), ids, special, merges);
    }

    private static Map<String, Integer> specials(JsonArray listed, JsonValue wanted, Path file) {
        Map<Integer, String> byRank = new TreeMap<>();
        for (JsonValue each : listed) {
            if (!(each instanceof JsonObject token)
                    || !(token.get("rank") instanceof JsonNumber rank)
                    || !(token.get("token_str") instanceof JsonString text)) {
                throw TokenizerFile.broken(file, "has a special token without rank or token_str", null);
            }
            byRank.put(rank.intValue(), text.getString());
        }
        int count = wanted instanceof JsonNumber number ? number.intValue() : byRank.size();
        if (count < 0 || count > TokenizerFile.MAX_ID) {
            throw TokenizerFile.broken(file, "has default_num_special_tokens = " + count, null);
        }
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (Map.Entry<Integer, String> each : byRank.entrySet()) {
            if (each.getKey() != ids.size()) {
                throw TokenizerFile.broken(file, "does not rank its special tokens from 0 on without a gap", null);
            }
            ids.put(each.getValue(), each.getKey());
        }
        for (int id = ids.size(); id < count; id++) {
            ids.put("<SPECIAL_" + id + ">", id);
        }
        return ids;
    }

    private static String token(JsonValue entry, Path file) {
        if (!(entry instanceof JsonObject object) || !(object.get("token_bytes") instanceof JsonString encoded)) {
            throw TokenizerFile.broken(file, "has a token without token_bytes", null);
        }
        try {
            StringBuilder text = new StringBuilder();
            for (byte each : Base64.getDecoder().decode(encoded.getString())) {
                text.append(ByteAlphabet.character(each & 0xFF));
            }
            return text.toString();
        } catch (IllegalArgumentException e) {
            throw TokenizerFile.broken(file, "has token_bytes that are not base64: " + encoded, e);
        }
    }
}
