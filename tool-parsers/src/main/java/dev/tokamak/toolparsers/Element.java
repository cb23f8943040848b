package dev.tokamak.toolparsers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A named value with its text or its children.
 *
 * @param name of the tag
 * @param text between the tags and the children
 * @param children in their order
 */
record Element(String name, StringBuilder text, List<Element> children) {
    private static final String ITEM = "item";

    Element(String name) {
        this(name, new StringBuilder(), new ArrayList<>());
    }

    /** The value as JSON by its schema. */
    String toJson(Schema schema) {
        StringBuilder json = new StringBuilder();
        write(schema, json);
        return json.toString();
    }

    private void write(Schema schema, StringBuilder to) {
        ParameterType type = schema.type();
        if (children.isEmpty()) {
            boolean blank = text.toString().isBlank();
            to.append(blank && type.isArray() ? "[]" : blank && type.isObject() ? "{}" : type.toJson(text.toString()));
            return;
        }
        boolean array = type.isArray()
                || !type.isObject()
                        && children.stream().allMatch(child -> child.name().equals(ITEM));
        if (array) {
            writeItems(children, schema.items(), to);
        } else {
            writeObject(schema, to);
        }
    }

    private static void writeItems(List<Element> items, Schema schema, StringBuilder to) {
        String separator = "[";
        for (Element item : items) {
            to.append(separator);
            item.write(schema, to);
            separator = ", ";
        }
        to.append(']');
    }

    /** Children of one name are a list. */
    private void writeObject(Schema schema, StringBuilder to) {
        Map<String, List<Element>> byName = new LinkedHashMap<>();
        children.forEach(child ->
                byName.computeIfAbsent(child.name(), key -> new ArrayList<>()).add(child));
        String separator = "{";
        for (Map.Entry<String, List<Element>> entry : byName.entrySet()) {
            to.append(separator).append(JsonText.quote(entry.getKey())).append(": ");
            Schema property = schema.property(entry.getKey());
            if (entry.getValue().size() == 1) {
                entry.getValue().get(0).write(property, to);
            } else {
                writeItems(entry.getValue(), property, to);
            }
            separator = ", ";
        }
        to.append('}');
    }
}
