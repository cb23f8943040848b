package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.Set;

/**
 * Refuses schemas whose keywords have values of a kind that they cannot have, before anything is made of them: a keyword that says nothing
 * about a value's type would else be passed over unread, and a client would believe that it holds.
 */
public final class SchemaForm {
    private enum Kind {
        STRING("a string"),
        NUMBER("a number"),
        NUMBER_OR_FLAG("a number, true or false"),
        COUNT("a whole number of 0 or more"),
        FLAG("true or false"),
        LIST("an array"),
        STRINGS("an array of strings"),
        STRINGS_OR_FLAG("an array of strings"),
        STRING_OR_STRINGS("a string or an array of strings"),
        SCHEMA("a schema: an object, true or false"),
        SCHEMAS("an array of schemas"),
        SCHEMA_OR_SCHEMAS("a schema or an array of schemas"),
        NAMED_SCHEMAS("an object of schemas"),
        NAMED_SCHEMAS_OR_STRINGS("an object of schemas and arrays of strings"),
        NAMED_STRINGS("an object of arrays of strings");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("$ref", Kind.STRING),
            Map.entry("pattern", Kind.STRING),
            Map.entry("format", Kind.STRING),
            Map.entry("minimum", Kind.NUMBER),
            Map.entry("maximum", Kind.NUMBER),
            Map.entry("exclusiveMinimum", Kind.NUMBER_OR_FLAG),
            Map.entry("exclusiveMaximum", Kind.NUMBER_OR_FLAG),
            Map.entry("multipleOf", Kind.NUMBER),
            Map.entry("minLength", Kind.COUNT),
            Map.entry("maxLength", Kind.COUNT),
            Map.entry("minItems", Kind.COUNT),
            Map.entry("maxItems", Kind.COUNT),
            Map.entry("minContains", Kind.COUNT),
            Map.entry("maxContains", Kind.COUNT),
            Map.entry("minProperties", Kind.COUNT),
            Map.entry("maxProperties", Kind.COUNT),
            Map.entry("uniqueItems", Kind.FLAG),
            Map.entry("nullable", Kind.FLAG),
            Map.entry("enum", Kind.LIST),
            Map.entry("required", Kind.STRINGS_OR_FLAG),
            Map.entry("type", Kind.STRING_OR_STRINGS),
            Map.entry("additionalItems", Kind.SCHEMA),
            Map.entry("additionalProperties", Kind.SCHEMA),
            Map.entry("unevaluatedItems", Kind.SCHEMA),
            Map.entry("unevaluatedProperties", Kind.SCHEMA),
            Map.entry("propertyNames", Kind.SCHEMA),
            Map.entry("contains", Kind.SCHEMA),
            Map.entry("not", Kind.SCHEMA),
            Map.entry("if", Kind.SCHEMA),
            Map.entry("then", Kind.SCHEMA),
            Map.entry("else", Kind.SCHEMA),
            Map.entry("allOf", Kind.SCHEMAS),
            Map.entry("anyOf", Kind.SCHEMAS),
            Map.entry("oneOf", Kind.SCHEMAS),
            Map.entry("prefixItems", Kind.SCHEMAS),
            Map.entry("items", Kind.SCHEMA_OR_SCHEMAS),
            Map.entry("properties", Kind.NAMED_SCHEMAS),
            Map.entry("patternProperties", Kind.NAMED_SCHEMAS),
            Map.entry("dependentSchemas", Kind.NAMED_SCHEMAS),
            Map.entry("dependencies", Kind.NAMED_SCHEMAS_OR_STRINGS),
            Map.entry("dependentRequired", Kind.NAMED_STRINGS));

    private static final Set<JsonValue.ValueType> FLAGS = Set.of(JsonValue.ValueType.TRUE, JsonValue.ValueType.FALSE);

    private SchemaForm() {}

    /** Checks a schema and those within it; what has no meaning of its own, such as definitions, where it is referred to. */
    public static void check(JsonValue schema, String path) {
        if (!isSchema(schema)) {
            throw CompileBudget.refuse("The schema at '" + path + "' must be an object, true or false");
        }
        if (schema instanceof JsonObject object) {
            object.forEach((keyword, value) -> {
                Kind kind = KINDS.get(keyword);
                if (kind != null && !check(kind, value, path + "/" + keyword)) {
                    throw CompileBudget.refuse("'" + keyword + "' at '" + path + "' must be " + kind.words + ", not "
                            + value.getValueType());
                }
            });
        }
    }

    private static boolean check(Kind kind, JsonValue value, String path) {
        return switch (kind) {
            case STRING -> value instanceof JsonString;
            case NUMBER -> value instanceof JsonNumber;
            case NUMBER_OR_FLAG -> value instanceof JsonNumber || isFlag(value);
            case COUNT ->
                value instanceof JsonNumber number && number.bigDecimalValue().signum() >= 0;
            case FLAG -> isFlag(value);
            case LIST -> value instanceof JsonArray;
            case STRINGS -> areStrings(value);
            case STRINGS_OR_FLAG -> areStrings(value) || isFlag(value);
            case STRING_OR_STRINGS -> value instanceof JsonString || areStrings(value);
            case SCHEMA -> within(value, path);
            case SCHEMAS -> value instanceof JsonArray array && all(array, path);
            case SCHEMA_OR_SCHEMAS -> value instanceof JsonArray array ? all(array, path) : within(value, path);
            case NAMED_SCHEMAS -> named(value, Kind.SCHEMA, path);
            case NAMED_STRINGS -> named(value, Kind.STRINGS, path);
            case NAMED_SCHEMAS_OR_STRINGS ->
                value instanceof JsonObject object
                        && object.entrySet().stream()
                                .allMatch(entry -> areStrings(entry.getValue())
                                        || within(entry.getValue(), path + "/" + entry.getKey()));
        };
    }

    private static boolean isSchema(JsonValue value) {
        return value instanceof JsonObject || isFlag(value);
    }

    private static boolean isFlag(JsonValue value) {
        return FLAGS.contains(value.getValueType());
    }

    private static boolean areStrings(JsonValue value) {
        return value instanceof JsonArray array && array.stream().allMatch(JsonString.class::isInstance);
    }

    private static boolean within(JsonValue value, String path) {
        if (isSchema(value)) {
            check(value, path);
            return true;
        }
        return false;
    }

    private static boolean all(JsonArray schemas, String path) {
        for (int i = 0; i < schemas.size(); i++) {
            check(schemas.get(i), path + "/" + i);
        }
        return true;
    }

    private static boolean named(JsonValue value, Kind kind, String path) {
        return value instanceof JsonObject object
                && object.entrySet().stream()
                        .allMatch(entry -> check(kind, entry.getValue(), path + "/" + entry.getKey()));
    }
}
