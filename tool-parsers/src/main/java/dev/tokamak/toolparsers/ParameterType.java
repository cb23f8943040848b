package dev.tokamak.toolparsers;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which JSON types a parameter may have, and what its text means then. Formats that write values as bare text (the XML-like
 * ones) do not tell the string {@code 5} from the number 5; the tool's schema does.
 */
final class ParameterType {
    /** Nothing is known: what is JSON is JSON, the rest is a string. */
    static final ParameterType ANY = new ParameterType(EnumSet.noneOf(Type.class));

    /** A string and nothing else. */
    static final ParameterType STRING = new ParameterType(EnumSet.of(Type.STRING));

    enum Type {
        NULL,
        BOOLEAN,
        INTEGER,
        NUMBER,
        OBJECT,
        ARRAY,
        STRING
    }

    private static final int REFERENCE_LIMIT = 16;

    private final Set<Type> types;

    private ParameterType(Set<Type> types) {
        this.types = types;
    }

    /** What a schema allows. */
    static ParameterType of(Schema schema) {
        EnumSet<Type> types = EnumSet.noneOf(Type.class);
        return collect(schema.node(), schema, types, REFERENCE_LIMIT) ? new ParameterType(types) : ANY;
    }

    /** By the name of a type as JSON Schema writes it; of an unknown one nothing is known. */
    static ParameterType named(String name) {
        EnumSet<Type> types = EnumSet.noneOf(Type.class);
        return add(name, types) ? new ParameterType(types) : ANY;
    }

    boolean isString() {
        return types.contains(Type.STRING) && (types.size() == 1 || types.size() == 2 && isNullable());
    }

    /** Whether a string is one of several types, or the only one. */
    boolean mayBeString() {
        return types.contains(Type.STRING);
    }

    boolean isNullable() {
        return types.contains(Type.NULL);
    }

    /** The types as JSON Schema names them; all of them where nothing is known. */
    List<String> names() {
        Set<Type> all = types.isEmpty() ? EnumSet.allOf(Type.class) : types;
        return all.stream()
                .filter(type -> type != Type.INTEGER || !all.contains(Type.NUMBER))
                .map(type -> type.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Whether the values have no parts. */
    boolean isPlain() {
        return !types.isEmpty() && !types.contains(Type.OBJECT) && !types.contains(Type.ARRAY);
    }

    boolean isArray() {
        return types.contains(Type.ARRAY) && !types.contains(Type.STRING);
    }

    boolean isObject() {
        return types.contains(Type.OBJECT) && !types.contains(Type.STRING);
    }

    /** Adds the types that a schema allows; false if it may allow others. */
    private static boolean collect(Object schema, Schema root, Set<Type> types, int left) {
        if (!(schema instanceof Map<?, ?> map) || left == 0) {
            return false;
        }
        if (map.get("type") instanceof String type) {
            return add(type, types);
        }
        if (map.get("type") instanceof List<?> list) {
            boolean known = !list.isEmpty();
            for (Object type : list) {
                known &= type instanceof String text && add(text, types);
            }
            return known;
        }
        if (map.get("$ref") instanceof String reference) {
            return collect(root.resolve(reference), root, types, left - 1);
        }
        for (String key : List.of("anyOf", "oneOf", "allOf")) {
            if (map.get(key) instanceof List<?> alternatives && !alternatives.isEmpty()) {
                boolean known = true;
                for (Object alternative : alternatives) {
                    known &= collect(alternative, root, types, left - 1);
                }
                return known;
            }
        }
        if (map.get("enum") instanceof List<?> values && !values.isEmpty()) {
            values.forEach(value -> types.add(typeOf(value)));
            return true;
        }
        if (map.containsKey("const")) {
            types.add(typeOf(map.get("const")));
            return true;
        }
        if (map.containsKey("properties")) {
            return add("object", types);
        }
        return map.containsKey("items") && add("array", types);
    }

    private static Type typeOf(Object value) {
        if (value == null) {
            return Type.NULL;
        }
        if (value instanceof Boolean) {
            return Type.BOOLEAN;
        }
        if (value instanceof Number) {
            return value instanceof Long || value instanceof Integer ? Type.INTEGER : Type.NUMBER;
        }
        return value instanceof Map ? Type.OBJECT : value instanceof List ? Type.ARRAY : Type.STRING;
    }

    /** Schemas come with the names that Python, Java and C use, too. */
    private static boolean add(String name, Set<Type> types) {
        Type type =
                switch (name.strip().toLowerCase(Locale.ROOT)) {
                    case "string", "str", "text", "varchar", "char", "enum" -> Type.STRING;
                    case "integer", "int", "int32", "int64", "uint", "long", "short", "unsigned" -> Type.INTEGER;
                    case "number", "num", "float", "double", "float32", "float64" -> Type.NUMBER;
                    case "boolean", "bool", "binary" -> Type.BOOLEAN;
                    case "object", "dict", "map" -> Type.OBJECT;
                    case "array", "arr", "list", "tuple" -> Type.ARRAY;
                    case "null", "none" -> Type.NULL;
                    default -> null;
                };
        if (type == null) {
            return false;
        }
        types.add(type);
        return true;
    }

    /** Text as JSON. */
    String toJson(String text) {
        String trimmed = text.strip();
        if (types.isEmpty()) {
            return JsonScanner.isValue(trimmed) ? trimmed : JsonText.quote(text);
        }
        for (Type type : types) {
            String json = as(type, trimmed);
            if (json != null) {
                return json;
            }
        }
        if (!types.contains(Type.STRING) && JsonScanner.isValue(trimmed)) {
            return trimmed;
        }
        return JsonText.quote(text);
    }

    private static String as(Type type, String text) {
        return switch (type) {
            case NULL -> text.equalsIgnoreCase("null") || text.equals("None") ? "null" : null;
            case BOOLEAN ->
                text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false") ? text.toLowerCase(Locale.ROOT) : null;
            case INTEGER -> Numerals.integer(text);
            case NUMBER -> Numerals.number(text);
            case OBJECT -> structure(text, '{');
            case ARRAY -> structure(text, '[');
            case STRING -> null;
        };
    }

    private static String structure(String text, char open) {
        if (text.isEmpty() || text.charAt(0) != open) {
            return null;
        }
        return JsonScanner.isValue(text) ? text : LiteralReader.pythonToJson(text);
    }
}
