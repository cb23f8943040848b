package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.parsson.JsonProviderImpl;

/**
 * Makes one schema of several that must all hold ({@code allOf}, and {@code $ref} or {@code anyOf} beside other
 * keywords). Sub-schemas of both sides become an {@code allOf} that is merged when it is reached. Strings that must all
 * match are kept as an array under their keyword.
 */
final class SchemaMerger {
    private static final Set<String> LARGEST =
            Set.of("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum");
    private static final Set<String> SMALLEST =
            Set.of("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum");
    private static final Set<String> ALL = Set.of(
            "pattern",
            "format",
            "multipleOf",
            SchemaDialect.NOT_PATTERN,
            SchemaDialect.NOT_VALUES,
            SchemaDialect.NOT_MULTIPLE_OF,
            SchemaDialect.CONTAINS,
            SchemaDialect.LAYERS);
    /** Alternatives that one merge may make of those of both sides. */
    private static final int MAX_PAIRS = 2_000;

    private final JsonSchemaCompiler compiler;
    private final CompileBudget budget;
    private final SchemaApplicators applicators;
    private final JsonProviderImpl provider = new JsonProviderImpl();
    private int depth;

    SchemaMerger(JsonSchemaCompiler compiler, CompileBudget budget) {
        this.compiler = compiler;
        this.budget = budget;
        this.applicators = new SchemaApplicators(compiler, this, budget);
    }

    /** The same schema without annotations and combining words but {@code anyOf} at its top. */
    JsonValue flatten(JsonObject schema, String path) {
        budget.depth(++depth);
        budget.states(1);
        compiler.checkKeywords(schema, path);
        JsonValue result = applicators.apply(SchemaDialect.modern(schema, path), path);
        depth--;
        return result;
    }

    /** A schema whose values are those of both. */
    JsonValue merge(JsonValue a, JsonValue b, String path) {
        if (a == JsonValue.FALSE || b == JsonValue.FALSE) {
            return JsonValue.FALSE;
        }
        JsonValue first = a instanceof JsonObject object && !flat(object) ? flatten(object, path) : a;
        JsonValue second = b instanceof JsonObject object && !flat(object) ? flatten(object, path) : b;
        if (first == JsonValue.FALSE || second == JsonValue.FALSE) {
            return JsonValue.FALSE;
        }
        if (isAny(second)) {
            return first;
        }
        if (isAny(first)) {
            return second;
        }
        if (!(first instanceof JsonObject) || !(second instanceof JsonObject)) {
            throw CompileBudget.refuse("The schema at '" + path + "' must be an object, true or false");
        }
        return mergeObjects((JsonObject) first, (JsonObject) second, path);
    }

    static boolean isAny(JsonValue schema) {
        return schema == JsonValue.TRUE || schema instanceof JsonObject object && object.isEmpty();
    }

    /** Whether a schema is as {@link #flatten} leaves it. */
    private static boolean flat(JsonObject schema) {
        for (String keyword : schema.keySet()) {
            if (!SchemaDialect.asserts(keyword)
                    || SchemaDialect.COMBINING.contains(keyword)
                    || Set.of("items", "contains", "unevaluatedItems", "unevaluatedProperties", "format")
                            .contains(keyword)
                    || keyword.startsWith("exclusive")) {
                return false;
            }
        }
        return true;
    }

    private JsonValue mergeObjects(JsonObject a, JsonObject b, String path) {
        budget.states(1);
        if (a.containsKey("const") && b.containsKey("const") && !LiteralValues.same(a.get("const"), b.get("const"))) {
            return JsonValue.FALSE;
        }
        Map<String, JsonValue> merged = new LinkedHashMap<>(a);
        for (Map.Entry<String, JsonValue> entry : b.entrySet()) {
            String keyword = entry.getKey();
            JsonValue theirs = entry.getValue();
            JsonValue mine = a.get(keyword);
            boolean added = mine == null || mine.equals(theirs);
            merged.put(keyword, added ? theirs : both(keyword, mine, theirs, path));
        }
        if (merged.get("type") instanceof JsonArray types && types.isEmpty()
                || merged.get("anyOf") instanceof JsonArray options && options.isEmpty()) {
            return JsonValue.FALSE;
        }
        mergeProperties(a, b, merged, path);
        mergeItems(a, b, merged, path);
        JsonObjectBuilder builder = provider.createObjectBuilder();
        merged.forEach(builder::add);
        JsonObject result = builder.build();
        return contradicts(result, path) ? JsonValue.FALSE : result;
    }

    /** Whether no value satisfies a schema, as far as that can be seen at once. */
    private boolean contradicts(JsonObject schema, String path) {
        if (LiteralValues.present(schema)) {
            return LiteralValues.allowed(schema, compiler, path, budget).isEmpty();
        }
        if (!schema.containsKey("type")
                || !compiler.types(schema, path).equals(Set.of(JsonSchemaCompiler.Type.OBJECT))) {
            return false;
        }
        JsonObject properties = JsonSource.object(schema, "properties", path);
        return JsonSource.strings(schema, "required", path).stream()
                .anyMatch(name -> properties.get(name) == JsonValue.FALSE);
    }

    private JsonValue both(String keyword, JsonValue mine, JsonValue theirs, String path) {
        if (LARGEST.contains(keyword) || SMALLEST.contains(keyword)) {
            if (!(mine instanceof JsonNumber x) || !(theirs instanceof JsonNumber y)) {
                throw CompileBudget.refuse("'" + keyword + "' at '" + path + "' must be a number");
            }
            boolean mineIsLarger = x.bigDecimalValue().compareTo(y.bigDecimalValue()) > 0;
            return mineIsLarger == LARGEST.contains(keyword) ? mine : theirs;
        }
        if (ALL.contains(keyword)) {
            JsonArrayBuilder all = provider.createArrayBuilder();
            elements(mine).forEach(all::add);
            elements(theirs).forEach(all::add);
            return all.build();
        }
        return switch (keyword) {
            case "type" -> commonTypes(mine, theirs);
            case "enum" -> {
                JsonArrayBuilder common = provider.createArrayBuilder();
                for (JsonValue value : elements(mine)) {
                    budget.work();
                    if (elements(theirs).stream().anyMatch(other -> LiteralValues.same(value, other))) {
                        common.add(value);
                    }
                }
                yield common.build();
            }
            case "const" -> mine;
            // Worked out name by name and place by place, once everything else is merged.
            case "properties", "patternProperties", "prefixItems" -> mine;
            case "anyOf" -> pairs(elements(mine), elements(theirs), path);
            case "required" -> {
                Set<JsonValue> names = new LinkedHashSet<>(elements(mine));
                names.addAll(elements(theirs));
                JsonArrayBuilder union = provider.createArrayBuilder();
                names.forEach(union::add);
                yield union.build();
            }
            case "uniqueItems" -> mine == JsonValue.TRUE ? mine : theirs;
            default -> allOf(mine, theirs, path);
        };
    }

    private static List<JsonValue> elements(JsonValue value) {
        return value instanceof JsonArray array ? array : List.of(value);
    }

    /** Both, merged at once where that may show a contradiction, else when it is reached. */
    private JsonValue allOf(JsonValue a, JsonValue b, String path) {
        if (a == JsonValue.FALSE || b == JsonValue.FALSE) {
            return JsonValue.FALSE;
        }
        if (isAny(a)) {
            return b;
        }
        if (isAny(b) || a.equals(b)) {
            return a;
        }
        boolean literal = a instanceof JsonObject x && LiteralValues.present(x)
                || b instanceof JsonObject y && LiteralValues.present(y);
        return literal
                ? merge(a, b, path)
                : provider.createObjectBuilder()
                        .add("allOf", provider.createArrayBuilder().add(a).add(b))
                        .build();
    }

    private JsonArray commonTypes(JsonValue mine, JsonValue theirs) {
        Set<String> common = new TreeSet<>();
        Set<String> a = names(mine);
        Set<String> b = names(theirs);
        for (String type : a) {
            if (b.contains(type) || type.equals("integer") && b.contains("number")) {
                common.add(type);
            }
        }
        if (a.contains("number") && b.contains("integer")) {
            common.add("integer");
        }
        JsonArrayBuilder builder = provider.createArrayBuilder();
        common.forEach(builder::add);
        return builder.build();
    }

    private static Set<String> names(JsonValue types) {
        Set<String> names = new TreeSet<>();
        for (JsonValue type : elements(types)) {
            names.add(type instanceof JsonString text ? text.getString() : type.toString());
        }
        return names;
    }

    /** Each alternative with each, but for those that contradict each other. */
    private JsonArray pairs(List<JsonValue> mine, List<JsonValue> theirs, String path) {
        Set<JsonValue> pairs = new LinkedHashSet<>();
        for (JsonValue a : mine) {
            for (JsonValue b : theirs) {
                JsonValue pair = merge(a, b, path);
                if (pair != JsonValue.FALSE) {
                    pairs.add(pair);
                }
            }
        }
        if (pairs.size() > MAX_PAIRS) {
            throw CompileBudget.refuse(
                    "The alternatives at '" + path + "' combine to more than the limit of " + MAX_PAIRS);
        }
        JsonArrayBuilder builder = provider.createArrayBuilder();
        pairs.forEach(builder::add);
        return builder.build();
    }

    /** A property that one side names must satisfy what the other says of properties that it does not name. */
    private void mergeProperties(JsonObject a, JsonObject b, Map<String, JsonValue> merged, String path) {
        boolean mixed = a.containsKey("patternProperties") && speaksOfNames(b)
                || b.containsKey("patternProperties") && speaksOfNames(a)
                || a.containsKey(SchemaDialect.LAYERS) && speaksOfNames(b)
                || b.containsKey(SchemaDialect.LAYERS) && speaksOfNames(a);
        if (mixed) {
            JsonArrayBuilder layers = provider.createArrayBuilder();
            layers(a, layers, path);
            layers(b, layers, path);
            SchemaDialect.LAYER_KEYWORDS.forEach(merged::remove);
            merged.put(SchemaDialect.LAYERS, layers.build());
            return;
        }
        JsonObject mine = JsonSource.object(a, "properties", path);
        JsonObject theirs = JsonSource.object(b, "properties", path);
        if (mine.isEmpty() && theirs.isEmpty()) {
            return;
        }
        JsonObjectBuilder properties = provider.createObjectBuilder();
        mine.forEach((name, schema) -> {
            JsonValue other = theirs.containsKey(name) ? theirs.get(name) : b.get("additionalProperties");
            properties.add(name, other == null ? schema : allOf(schema, other, path));
        });
        theirs.forEach((name, schema) -> {
            if (!mine.containsKey(name)) {
                JsonValue other = a.get("additionalProperties");
                properties.add(name, other == null ? schema : allOf(schema, other, path));
            }
        });
        merged.put("properties", properties.build());
    }

    private static boolean speaksOfNames(JsonObject schema) {
        return schema.containsKey(SchemaDialect.LAYERS)
                || SchemaDialect.LAYER_KEYWORDS.stream().anyMatch(schema::containsKey);
    }

    private void layers(JsonObject schema, JsonArrayBuilder layers, String path) {
        JsonSource.array(schema, SchemaDialect.LAYERS, path).forEach(layers::add);
        JsonObjectBuilder layer = provider.createObjectBuilder();
        schema.forEach((keyword, value) -> {
            if (SchemaDialect.LAYER_KEYWORDS.contains(keyword)) {
                layer.add(keyword, value);
            }
        });
        JsonObject own = layer.build();
        if (!own.isEmpty()) {
            layers.add(own);
        }
    }

    /** Items by position: where one side has no more prefix, its {@code items} speaks. */
    private void mergeItems(JsonObject a, JsonObject b, Map<String, JsonValue> merged, String path) {
        JsonArray mine = JsonSource.array(a, "prefixItems", path);
        JsonArray theirs = JsonSource.array(b, "prefixItems", path);
        int count = Math.max(mine.size(), theirs.size());
        if (count == 0) {
            return;
        }
        List<JsonValue> prefix = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonValue x = i < mine.size() ? mine.get(i) : a.getOrDefault("items", JsonValue.TRUE);
            JsonValue y = i < theirs.size() ? theirs.get(i) : b.getOrDefault("items", JsonValue.TRUE);
            prefix.add(allOf(x, y, path));
        }
        JsonArrayBuilder builder = provider.createArrayBuilder();
        prefix.forEach(builder::add);
        merged.put("prefixItems", builder.build());
    }

    /** The schema without one keyword. */
    static JsonObject without(JsonObject schema, String keyword) {
        JsonObjectBuilder builder = new JsonProviderImpl().createObjectBuilder(schema);
        return builder.remove(keyword).build();
    }
}
