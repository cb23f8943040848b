package dev.tokamak.tokenizers;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tokens that a tokenizer has beside its model's.
 *
 * <p>Implementation notes. This follows what {@code tokenizers} 0.23 does when tokens are added one after the other, since the native
 * library that encodes here is of an older release and is only given the outcome. An id that a file names does not count: a token of
 * the model keeps the model's id, any other gets the next free one. The flags that come last win, but once special, a token stays so,
 * and once normalised, it is decoded by its normalised form.
 */
final class AddedTokens {
    private final Map<String, Integer> model;
    private final int modelSize;
    private final Map<String, Integer> ids = new HashMap<>();
    private final TreeMap<Integer, AddedToken> byId = new TreeMap<>();
    private final Set<String> special = new HashSet<>();
    private final Set<Integer> normalized = new HashSet<>();

    /**
     * None yet.
     *
     * @param model ids of the model's tokens
     * @param modelSize how many they are; a list may have one twice
     */
    AddedTokens(Map<String, Integer> model, int modelSize) {
        this.model = model;
        this.modelSize = modelSize;
    }

    void add(Collection<AddedToken> tokens) {
        int next = byId.isEmpty() ? modelSize : Math.max(modelSize, byId.lastKey() + 1);
        for (AddedToken each : tokens) {
            AddedToken token = each.settled();
            Integer known = ids.get(token.content());
            if (token.content().isEmpty() || known != null && token.equals(byId.get(known))) {
                continue;
            }
            if (known == null) {
                known = model.get(token.content());
            }
            int id = known == null ? next++ : known;
            ids.put(token.content(), id);
            byId.put(id, token);
            if (token.special()) {
                special.add(token.content());
            }
            if (token.normalized()) {
                normalized.add(id);
            }
        }
    }

    boolean contains(String content) {
        return ids.containsKey(content);
    }

    /** Whether a text is the content of a special token, which is what decides whether it is left out when decoding. */
    boolean special(String text) {
        return special.contains(text);
    }

    /** Whether a token is decoded by its normalised form. */
    boolean normalized(int id) {
        return normalized.contains(id);
    }

    SortedMap<Integer, AddedToken> byId() {
        return byId;
    }

    /** As {@code tokenizer.json} lists them. */
    JsonArray json() {
        JsonArrayBuilder array = Json.createArrayBuilder();
        byId.forEach((id, token) -> array.add((special(token.content()) ? token.asSpecial() : token).json(id)));
        return array.build();
    }
}
