package dev.tokamak.tokenizers;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The tokens that a folder's files name beside those that its tokenizer has by itself: with which flags, and in which order they are
 * added, as {@code transformers} 5 does it.
 *
 * <p>Where {@code tokenizer_config.json} has {@code added_tokens_decoder}, the older files {@code special_tokens_map.json} and {@code
 * added_tokens.json} are not looked at. Else the former wins over {@code tokenizer_config.json}.
 */
final class NamedTokens {
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");
    private static final String BY_ID = "added_tokens_decoder";
    private static final String EXTRA = "extra_special_tokens";
    private static final String OLD_EXTRA = "additional_special_tokens";

    private final SortedMap<Integer, AddedToken> byId = new TreeMap<>();
    private final Map<String, AddedToken> byContent = new HashMap<>();
    private final boolean old;
    private final boolean padNamed;
    private final Map<String, AddedToken> roles = new LinkedHashMap<>();
    private final List<AddedToken> extra = new ArrayList<>();

    NamedTokens(TokenizerSettings settings) {
        JsonObject config = settings.config();
        old = !(config.get(BY_ID) instanceof JsonObject);
        JsonObject map = old ? settings.specialTokensMap() : JsonValue.EMPTY_JSON_OBJECT;
        padNamed = config.containsKey("pad_token") || map.containsKey("pad_token");
        for (String role : ROLES) {
            if (map.containsKey(role)) {
                name(role, map.get(role), true);
            } else {
                name(role, config.get(role), false);
            }
        }
        // What the configuration gives flags of its own is not looked up in added_tokens.json.
        Set<String> special = new HashSet<>();
        roles.forEach((role, token) -> {
            if (map.containsKey(role) || config.get(role) instanceof JsonString) {
                special.add(token.content());
            }
        });
        collectExtra(config, map, special);
        nameOwnRoles(config, map);
        if (old) {
            settings.addedTokens().forEach((content, id) -> {
                if (id instanceof JsonNumber number) {
                    boolean known = special.contains(content);
                    list(number.intValue(), new AddedToken(content, false, false, false, !known, known));
                }
            });
        } else {
            config.getJsonObject(BY_ID).forEach((id, token) -> {
                if (id.matches("\\d{1,9}") && token instanceof JsonObject entry && hasContent(entry)) {
                    list(Integer.parseInt(id), AddedToken.of(entry));
                }
            });
        }
    }

    private void list(int id, AddedToken token) {
        byId.put(id, token);
        byContent.put(token.content(), token);
    }

    /** Roles that only this tokenizer has, such as {@code image_token}. Plain names in the configuration win, but come last. */
    private void nameOwnRoles(JsonObject config, JsonObject map) {
        Predicate<Map.Entry<String, JsonValue>> own =
                each -> each.getKey().endsWith("_token") && !ROLES.contains(each.getKey());
        Predicate<Map.Entry<String, JsonValue>> plain = each -> each.getValue() instanceof JsonString;
        config.entrySet().stream().filter(own.and(plain.negate())).forEach(each -> name(each, false));
        map.entrySet().stream().filter(own).forEach(each -> name(each, true));
        config.entrySet().stream().filter(own.and(plain)).forEach(each -> name(each, false));
        for (JsonObject from : List.of(config, map)) {
            if (from.get(EXTRA) instanceof JsonObject byName) {
                byName.entrySet().forEach(each -> name(each, false));
            }
        }
    }

    private void name(Map.Entry<String, JsonValue> role, boolean special) {
        name(role.getKey(), role.getValue(), special);
    }

    /** Tokens without a role. Which of the two names of their list counts depends on what else is there. */
    private void collectExtra(JsonObject config, JsonObject map, Set<String> special) {
        JsonValue given = config.get(EXTRA);
        boolean byName = given instanceof JsonObject;
        boolean filled = given instanceof JsonArray list && !list.isEmpty();
        boolean takesOld = !byName && !filled && config.containsKey(OLD_EXTRA);
        List<AddedToken> early = tokens(takesOld ? config.get(OLD_EXTRA) : given);
        boolean settled = takesOld || !byName && config.containsKey(EXTRA);
        if (map.get(EXTRA) instanceof JsonObject) {
            early.clear();
            settled = false;
        } else if (map.get(EXTRA) instanceof JsonArray list) {
            early.addAll(tokens(list));
            settled = true;
        }
        early.stream()
                .filter(token -> token.equals(AddedToken.special(token.content())))
                .map(AddedToken::content)
                .forEach(special::add);
        extra.addAll(early);
        if (!settled) {
            extra.addAll(tokens(map.containsKey(OLD_EXTRA) || takesOld ? map.get(OLD_EXTRA) : config.get(OLD_EXTRA)));
        }
    }

    private static List<AddedToken> tokens(JsonValue list) {
        List<AddedToken> tokens = new ArrayList<>();
        if (list instanceof JsonArray array) {
            for (JsonValue each : array) {
                AddedToken token = token(each, false);
                if (token != null) {
                    tokens.add(token);
                }
            }
        }
        return tokens;
    }

    private void name(String role, JsonValue value, boolean special) {
        AddedToken token = token(value, special);
        if (token != null) {
            roles.put(role, token);
        }
    }

    private static AddedToken token(JsonValue value, boolean special) {
        if (value instanceof JsonString text && !text.getString().isEmpty()) {
            return AddedToken.special(text.getString());
        }
        if (!(value instanceof JsonObject entry) || !hasContent(entry)) {
            return null;
        }
        return AddedToken.of(
                special ? Json.createObjectBuilder(entry).add("special", true).build() : entry);
    }

    private static boolean hasContent(JsonObject entry) {
        return entry.get("content") instanceof JsonString text
                && !text.getString().isEmpty();
    }

    /**
     * Adds the tokens to a tokenizer's own.
     *
     * @param own the file's, by the ids that it names
     * @param tokens what the tokenizer has; those of the file are in it
     * @param padding the token that the file pads with, or null
     */
    void addTo(AddedTokens tokens, Map<Integer, AddedToken> own, String padding) {
        SortedMap<Integer, AddedToken> listed = new TreeMap<>(byId);
        if (old) {
            listed.putAll(own);
            own.values().forEach(token -> byContent.put(token.content(), token));
        }
        if (padding != null && !padNamed) {
            roles.putIfAbsent("pad_token", AddedToken.special(padding));
        }
        List<AddedToken> withRole = new ArrayList<>();
        ROLES.stream()
                .filter(roles::containsKey)
                .map(roles::get)
                .map(token -> byContent.getOrDefault(token.content(), token))
                .forEach(withRole::add);
        roles.forEach((role, token) -> {
            if (!ROLES.contains(role)) {
                withRole.add(token);
            }
        });
        Set<String> named = new HashSet<>();
        withRole.forEach(token -> named.add(token.content()));
        List<AddedToken> more = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (AddedToken token : listed.values()) {
            more.add(named.contains(token.content()) ? token.asSpecial() : token);
            known.add(token.content());
        }
        Set<AddedToken> once = new LinkedHashSet<>(withRole);
        once.addAll(extra);
        for (AddedToken token : once) {
            if (!tokens.contains(token.content()) && !known.contains(token.content())) {
                more.add(named.contains(token.content()) ? token.asSpecial() : token);
            }
        }
        tokens.add(more);
    }
}
