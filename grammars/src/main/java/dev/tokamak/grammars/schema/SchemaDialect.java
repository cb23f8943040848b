package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.parsson.JsonProviderImpl;

/**
 * The words of JSON Schema that have a meaning here, and how older drafts and OpenAPI write what 2020-12 writes
 * otherwise: tuples as {@code items}, {@code dependencies}, {@code exclusiveMinimum: true}, {@code nullable}.
 */
final class SchemaDialect {
    static final Set<String> STRING_KEYWORDS = Set.of("minLength", "maxLength", "pattern", "format");
    static final Set<String> NUMBER_KEYWORDS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    static final Set<String> ARRAY_KEYWORDS = Set.of(
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
            "minContains",
            "maxContains",
            "unevaluatedItems");
    static final Set<String> OBJECT_KEYWORDS = Set.of(
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "dependentRequired",
            "dependentSchemas",
            "unevaluatedProperties");
    /** Words that combine schemas; {@link SchemaMerger} leaves none of them but {@code anyOf}. */
    static final Set<String> COMBINING = Set.of(
            "$ref",
            "$dynamicRef",
            "$recursiveRef",
            "allOf",
            "oneOf",
            "not",
            "if",
            "then",
            "else",
            "dependentRequired",
            "dependentSchemas");

    private static final Set<String> OTHER_KEYWORDS = Set.of("type", "enum", "const", "anyOf");
    /** Known to have no effect on their own: nothing is said about them even in strict mode. */
    private static final Set<String> ANNOTATIONS = Set.of(
            "$schema",
            "$id",
            "id",
            "$anchor",
            "$dynamicAnchor",
            "$recursiveAnchor",
            "$vocabulary",
            "$comment",
            "$defs",
            "definitions",
            "title",
            "description",
            "default",
            "examples",
            "example",
            "deprecated",
            "readOnly",
            "writeOnly",
            "contentEncoding",
            "contentMediaType",
            "contentSchema",
            "discriminator");

    /** What schemas made of others say beside the standard's words; a client's document cannot. */
    static final String NOT_PATTERN = "\0notPattern";

    static final String NOT_VALUES = "\0notValues";
    static final String NOT_MULTIPLE_OF = "\0notMultipleOf";
    /** Objects of {@code contains}, {@code minContains} and {@code maxContains}, all of which hold. */
    static final String CONTAINS = "\0contains";
    /** Objects of {@code properties}, {@code patternProperties} and {@code additionalProperties}, all of which hold. */
    static final String LAYERS = "\0layers";

    static final Set<String> LAYER_KEYWORDS = Set.of("properties", "patternProperties", "additionalProperties");
    private static final Map<String, JsonSchemaCompiler.Type> MADE = Map.of(
            NOT_PATTERN, JsonSchemaCompiler.Type.STRING,
            NOT_MULTIPLE_OF, JsonSchemaCompiler.Type.NUMBER,
            CONTAINS, JsonSchemaCompiler.Type.ARRAY,
            LAYERS, JsonSchemaCompiler.Type.OBJECT);

    private static final Set<String> ASSERTING = Stream.of(
                    STRING_KEYWORDS,
                    NUMBER_KEYWORDS,
                    ARRAY_KEYWORDS,
                    OBJECT_KEYWORDS,
                    OTHER_KEYWORDS,
                    COMBINING,
                    MADE.keySet(),
                    Set.of(NOT_VALUES))
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());
    /** Words that older drafts write otherwise. */
    private static final Set<String> VARYING =
            Set.of("items", "exclusiveMinimum", "exclusiveMaximum", "required", "format");

    private static final JsonProviderImpl PROVIDER = new JsonProviderImpl();

    private static final Set<String> INTEGER_FORMATS = Set.of("int32", "int64", "uint32", "uint64");

    private SchemaDialect() {}

    /** Whether a word constrains values. */
    static boolean asserts(String keyword) {
        return ASSERTING.contains(keyword);
    }

    /** The type that a word speaks of, or null. */
    static JsonSchemaCompiler.Type typeOf(String keyword) {
        if (STRING_KEYWORDS.contains(keyword)) {
            return JsonSchemaCompiler.Type.STRING;
        }
        if (NUMBER_KEYWORDS.contains(keyword)) {
            return JsonSchemaCompiler.Type.NUMBER;
        }
        if (ARRAY_KEYWORDS.contains(keyword)) {
            return JsonSchemaCompiler.Type.ARRAY;
        }
        return OBJECT_KEYWORDS.contains(keyword) ? JsonSchemaCompiler.Type.OBJECT : MADE.get(keyword);
    }

    /** Refuses words that nobody here knows. */
    static void requireKnown(JsonObject schema, String path) {
        for (String keyword : schema.keySet()) {
            boolean older =
                    Set.of("nullable", "dependencies", "additionalItems").contains(keyword);
            if (!asserts(keyword) && !ANNOTATIONS.contains(keyword) && !keyword.startsWith("x-") && !older) {
                throw CompileBudget.refuse("The schema keyword '" + keyword + "' at '" + path + "' is not supported");
            }
        }
    }

    /** A schema's words that assert something, in the notation of 2020-12. */
    static JsonObject modern(JsonObject schema, String path) {
        boolean same = true;
        for (Map.Entry<String, JsonValue> entry : schema.entrySet()) {
            String keyword = entry.getKey();
            same &= asserts(keyword) && (!VARYING.contains(keyword) || isModern(keyword, entry.getValue()));
        }
        if (same) {
            return schema;
        }
        Map<String, JsonValue> modern = new LinkedHashMap<>();
        schema.forEach((keyword, value) -> {
            // The third draft's flag in a property says nothing to later ones.
            boolean flag = keyword.equals("required") && !(value instanceof JsonArray);
            if (asserts(keyword) && !flag) {
                modern.put(keyword, value);
            }
        });
        tuple(schema, modern);
        exclusive(modern, "exclusiveMinimum", "minimum");
        exclusive(modern, "exclusiveMaximum", "maximum");
        if (schema.get("dependencies") instanceof JsonObject dependencies) {
            dependencies(dependencies, modern, path);
        }
        if (schema.get("nullable") == JsonValue.TRUE && modern.containsKey("type")) {
            modern.put("type", withNull(modern.get("type")));
        }
        integerFormats(modern);
        JsonObjectBuilder builder = PROVIDER.createObjectBuilder();
        modern.forEach(builder::add);
        return builder.build();
    }

    private static boolean isModern(String keyword, JsonValue value) {
        return switch (keyword) {
            case "items" -> !(value instanceof JsonArray);
            case "required" -> value instanceof JsonArray;
            case "format" -> !(value instanceof JsonString format) || !INTEGER_FORMATS.contains(format.getString());
            default -> value instanceof JsonNumber;
        };
    }

    private static void tuple(JsonObject schema, Map<String, JsonValue> modern) {
        if (modern.get("items") instanceof JsonArray tuple) {
            modern.remove("items");
            modern.put("prefixItems", tuple);
            if (schema.containsKey("additionalItems")) {
                modern.put("items", schema.get("additionalItems"));
            }
        }
    }

    private static void exclusive(Map<String, JsonValue> modern, String exclusive, String inclusive) {
        JsonValue flag = modern.get(exclusive);
        if (flag == JsonValue.FALSE) {
            modern.remove(exclusive);
        } else if (flag == JsonValue.TRUE) {
            JsonValue bound = modern.remove(inclusive);
            modern.remove(exclusive);
            if (bound != null) {
                modern.put(exclusive, bound);
            }
        }
    }

    private static void dependencies(JsonObject dependencies, Map<String, JsonValue> modern, String path) {
        JsonObjectBuilder names = PROVIDER.createObjectBuilder(
                modern.get("dependentRequired") instanceof JsonObject known ? known : JsonValue.EMPTY_JSON_OBJECT);
        JsonObjectBuilder schemas = PROVIDER.createObjectBuilder(
                modern.get("dependentSchemas") instanceof JsonObject known ? known : JsonValue.EMPTY_JSON_OBJECT);
        dependencies.forEach((name, needed) -> {
            if (needed instanceof JsonArray) {
                names.add(name, needed);
            } else if (needed instanceof JsonString) {
                names.add(name, PROVIDER.createArrayBuilder().add(needed));
            } else {
                schemas.add(name, needed);
            }
        });
        JsonObject required = names.build();
        JsonObject applied = schemas.build();
        if (!required.isEmpty()) {
            modern.put("dependentRequired", required);
        }
        if (!applied.isEmpty()) {
            modern.put("dependentSchemas", applied);
        }
    }

    private static JsonArray withNull(JsonValue type) {
        JsonArrayBuilder types = PROVIDER.createArrayBuilder();
        List<JsonValue> named = type instanceof JsonArray array ? array : List.of(type);
        named.forEach(types::add);
        if (named.stream()
                .noneMatch(name ->
                        name instanceof JsonString text && text.getString().equals("null"))) {
            types.add("null");
        }
        return types.build();
    }

    /** {@code int32} and {@code int64} are bounds. */
    private static void integerFormats(Map<String, JsonValue> modern) {
        if (!(modern.get("format") instanceof JsonString format)
                || !format.getString().matches("u?int(32|64)")) {
            return;
        }
        boolean unsigned = format.getString().startsWith("u");
        int bits = format.getString().endsWith("32") ? 32 : 64;
        BigDecimal half = BigDecimal.valueOf(2).pow(unsigned ? bits : bits - 1);
        atLeast(modern, "minimum", unsigned ? BigDecimal.ZERO : half.negate(), 1);
        atLeast(modern, "maximum", half.subtract(BigDecimal.ONE), -1);
        modern.remove("format");
    }

    private static void atLeast(Map<String, JsonValue> modern, String keyword, BigDecimal bound, int sign) {
        boolean tighter = modern.get(keyword) instanceof JsonNumber number
                && number.bigDecimalValue().compareTo(bound) * sign > 0;
        if (!tighter) {
            modern.put(keyword, PROVIDER.createValue(bound));
        }
    }
}
