package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.parsson.JsonProviderImpl;

/**
 * Rewrites a document so that each of its references is a JSON pointer from its root, whatever identifiers and anchors
 * it has. A reference to what the document does not have stays as it is. Nothing is fetched.
 */
final class SchemaReferences {
    static final Set<String> KEYWORDS = Set.of("$ref", "$dynamicRef", "$recursiveRef");

    private static final Set<String> MAPS =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies");
    private static final Set<String> NAMING = Set.of("$id", "id", "$anchor", "$dynamicAnchor");
    private static final Set<String> DATA = Set.of("enum", "const", "default", "examples", "example");

    private final CompileBudget budget;
    private final JsonProviderImpl provider = new JsonProviderImpl();
    /** Pointers by whole address, that of an anchor with its fragment. */
    private final Map<String, String> pointers = new HashMap<>();

    private final Set<String> dynamicAnchors = new HashSet<>();
    private final Set<String> ambiguousAnchors = new HashSet<>();

    /** Where something stands in the document; its pointer is only written for what is named. */
    private record Place(Place within, String key) {
        String pointer() {
            return within == null ? key : within.pointer() + "/" + escaped(key);
        }
    }

    private SchemaReferences(CompileBudget budget) {
        this.budget = budget;
    }

    static JsonValue local(JsonValue root, CompileBudget budget) {
        SchemaReferences references = new SchemaReferences(budget);
        references.index(root, "", new Place(null, "#"), true, 0);
        if (references.pointers.isEmpty()) {
            return root;
        }
        references.pointers.putIfAbsent("", "#");
        return references.rewritten(root, "", "#", true);
    }

    private void index(JsonValue value, String outer, Place place, boolean schema, int depth) {
        budget.work();
        budget.depth(depth);
        if (value instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                index(array.get(i), outer, new Place(place, Integer.toString(i)), true, depth + 1);
            }
        }
        if (!(value instanceof JsonObject object)) {
            return;
        }
        String base = schema ? base(object, outer) : outer;
        if (schema && text(object, "$id") == null && text(object, "id") != null && object.containsKey("$ref")) {
            base = outer;
        }
        if (schema && (!base.equals(outer) || NAMING.stream().anyMatch(object::containsKey))) {
            names(object, outer, base, place);
        }
        for (Map.Entry<String, JsonValue> entry : object.entrySet()) {
            if (schema && entry.getKey().startsWith("\0")) {
                throw CompileBudget.refuse("A schema keyword at '" + place.pointer() + "' begins with the character 0");
            }
            if (!schema || !DATA.contains(entry.getKey())) {
                boolean map = schema && MAPS.contains(entry.getKey());
                index(entry.getValue(), base, new Place(place, entry.getKey()), !map, depth + 1);
            }
        }
    }

    private void names(JsonObject object, String outer, String base, Place place) {
        String id = text(object, "$id") != null ? text(object, "$id") : text(object, "id");
        if (id != null && id.startsWith("#")) {
            pointers.putIfAbsent(outer + id, place.pointer());
        } else if (!base.equals(outer)) {
            pointers.putIfAbsent(base, place.pointer());
        }
        if (text(object, "$anchor") != null) {
            pointers.putIfAbsent(base + "#" + text(object, "$anchor"), place.pointer());
        }
        String dynamic = text(object, "$dynamicAnchor");
        if (dynamic != null) {
            pointers.putIfAbsent(base + "#" + dynamic, place.pointer());
            if (!dynamicAnchors.add(dynamic)) {
                ambiguousAnchors.add(dynamic);
            }
        }
    }

    private static String text(JsonObject object, String key) {
        return object.get(key) instanceof JsonString text ? text.getString() : null;
    }

    /** The address that others are relative to within a schema. */
    private static String base(JsonObject schema, String outer) {
        String id = text(schema, "$id") != null ? text(schema, "$id") : text(schema, "id");
        if (id == null || id.startsWith("#")) {
            return outer;
        }
        String whole = address(outer, id);
        int hash = whole.indexOf('#');
        return hash < 0 ? whole : whole.substring(0, hash);
    }

    private static String address(String base, String reference) {
        if (reference.startsWith("#")) {
            return base + reference;
        }
        try {
            return URI.create(base).resolve(reference).toString();
        } catch (IllegalArgumentException notAnAddress) {
            return reference;
        }
    }

    private static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1").replace("%", "%25");
    }

    private JsonValue rewritten(JsonValue value, String outer, String pointer, boolean schema) {
        if (value instanceof JsonArray array) {
            JsonArrayBuilder builder = provider.createArrayBuilder();
            for (int i = 0; i < array.size(); i++) {
                builder.add(rewritten(array.get(i), outer, pointer + "/" + i, true));
            }
            return builder.build();
        }
        if (!(value instanceof JsonObject object)) {
            return value;
        }
        budget.work();
        String base = schema ? base(object, outer) : outer;
        JsonObjectBuilder builder = provider.createObjectBuilder();
        object.forEach((key, member) -> {
            if (schema && DATA.contains(key)) {
                builder.add(key, member);
            } else if (schema && KEYWORDS.contains(key) && member instanceof JsonString reference) {
                builder.add(key, pointer(key, reference.getString(), base, pointer));
            } else {
                boolean map = schema && MAPS.contains(key);
                builder.add(key, rewritten(member, base, pointer + "/" + escaped(key), !map));
            }
        });
        return builder.build();
    }

    private String pointer(String keyword, String reference, String base, String at) {
        if (keyword.equals("$dynamicRef")
                && ambiguousAnchors.contains(reference.substring(reference.indexOf('#') + 1))) {
            throw CompileBudget.refuse("'$dynamicRef' at '" + at + "' names '" + reference
                    + "', of which the schema has several; one is supported");
        }
        String address = address(base, reference);
        int hash = address.indexOf('#');
        String document = hash < 0 ? address : address.substring(0, hash);
        String fragment = hash < 0 ? "" : address.substring(hash + 1);
        if (fragment.isEmpty() || fragment.startsWith("/")) {
            String found = pointers.get(document);
            // A reference within the document may ignore an identifier that only names where it is published.
            return found != null ? found + fragment : reference.startsWith("#") ? "#" + fragment : reference;
        }
        return pointers.getOrDefault(address, pointers.getOrDefault("#" + fragment, reference));
    }
}
