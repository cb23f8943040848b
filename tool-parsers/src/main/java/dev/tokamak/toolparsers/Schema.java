package dev.tokamak.toolparsers;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A place in a tool's JSON schema, followed as far as values' types need it.
 *
 * @param node the schema at this place; anything but a map says nothing
 * @param root the whole, which references point into
 */
record Schema(Object node, Map<String, Object> root) {
    private static final int REFERENCE_LIMIT = 16;
    static final Schema UNKNOWN = new Schema(null, Map.of());

    static Schema of(Map<String, Object> root) {
        return new Schema(root, root);
    }

    ParameterType type() {
        return ParameterType.of(this);
    }

    /** The schema of an object's property. */
    Schema property(String name) {
        if (!(resolved() instanceof Map<?, ?> map)) {
            return UNKNOWN;
        }
        if (map.get("properties") instanceof Map<?, ?> properties && properties.containsKey(name)) {
            return at(properties.get(name));
        }
        return at(map.get("additionalProperties"));
    }

    /** The schema of an array's items. */
    Schema items() {
        return resolved() instanceof Map<?, ?> map ? at(map.get("items")) : UNKNOWN;
    }

    /** The texts that a string may be, where the schema lists them; else none. */
    List<String> texts() {
        if (!(resolved() instanceof Map<?, ?> map)) {
            return List.of();
        }
        List<?> values = map.containsKey("const")
                ? Collections.singletonList(map.get("const"))
                : map.get("enum") instanceof List<?> list ? list : List.of();
        boolean allTexts = values.stream().allMatch(String.class::isInstance);
        return allTexts ? values.stream().map(String.class::cast).toList() : List.of();
    }

    Schema at(Object other) {
        return new Schema(other, root);
    }

    /** The schema on its own, with the definitions that it may refer to. */
    Object withDefinitions() {
        if (!(node instanceof Map<?, ?> map)) {
            return node;
        }
        Map<String, Object> whole = Ordered.map();
        map.forEach((key, value) -> whole.put(key.toString(), value));
        for (String key : List.of("$defs", "definitions")) {
            if (root.get(key) instanceof Map<?, ?> definitions) {
                whole.putIfAbsent(key, definitions);
            }
        }
        return whole;
    }

    /** The schema's values of one type, on its own, with the definitions that it may refer to. */
    Object ofType(String type) {
        Map<String, Object> whole = Ordered.map();
        if (node instanceof Map<?, ?>) {
            whole.put("allOf", List.of(node, Map.of("type", type)));
        } else {
            whole.put("type", type);
        }
        return new Schema(whole, root).withDefinitions();
    }

    /** The node behind references and, of alternatives, the first that has a structure. */
    private Object resolved() {
        Object at = node;
        for (int i = 0; i < REFERENCE_LIMIT && at instanceof Map<?, ?> map; i++) {
            Object next = null;
            if (map.get("$ref") instanceof String reference) {
                next = resolve(reference);
            } else if (!map.containsKey("type")) {
                for (String key : List.of("anyOf", "oneOf")) {
                    if (map.get(key) instanceof List<?> alternatives) {
                        next = alternatives.stream()
                                .filter(Schema::hasStructure)
                                .findFirst()
                                .orElse(null);
                    }
                }
            }
            if (next == null) {
                return at;
            }
            at = next;
        }
        return at;
    }

    private static boolean hasStructure(Object schema) {
        return schema instanceof Map<?, ?> map
                && (map.containsKey("properties") || map.containsKey("items") || map.containsKey("$ref"));
    }

    /** What a reference within the document points at, or null. */
    Object resolve(String reference) {
        if (!reference.startsWith("#/")) {
            return null;
        }
        Object at = root;
        for (String part : reference.substring(2).split("/")) {
            at = at instanceof Map<?, ?> map ? map.get(part.replace("~1", "/").replace("~0", "~")) : null;
        }
        return at;
    }
}
