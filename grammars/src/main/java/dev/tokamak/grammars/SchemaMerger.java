package dev.tokamak.grammars;

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
 * keywords). The result has none of {@code $ref}, {@code allOf} and {@code oneOf} at its top; sub-schemas of both
 * sides become an {@code allOf} that is merged when it is reached. Strings that must all match are kept as an array
 * under their keyword.
 */
final class SchemaMerger {
    private static final Set<String> LARGEST =
            Set.of("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum");
    private static final Set<String> SMALLEST =
            Set.of("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum");
    private static final Set<String> ALL = Set.of("pattern", "format", "multipleOf");

    private final JsonSchemaCompiler compiler;
    private final CompileBudget budget;
    private final JsonProviderImpl provider = new JsonProviderImpl();
    private int depth;

    SchemaMerger(JsonSchemaCompiler compiler, CompileBudget budget) {
        this.compiler = compiler;
        this.budget = budget;
    }

    /** The same schema without {@code $ref}, {@code allOf}, {@code oneOf} and annotations at its top. */
    JsonValue flatten(JsonObject schema, String path) {
        budget.depth(++depth);
        budget.states(1);
        compiler.checkKeywords(schema, path);
        JsonObjectBuilder own = provider.createObjectBuilder();
        schema.forEach((keyword, value) -> {
            boolean combines = keyword.equals("$ref") || keyword.equals("allOf") || keyword.equals("oneOf");
            if (!combines && !JsonSchemaCompiler.isAnnotation(keyword)) {
                own.add(keyword, value);
            }
        });
        JsonValue result = own.build();
        if (schema.containsKey("$ref")) {
            result = merge(result, compiler.resolve(schema, path), path);
        }
        JsonArray all = JsonSource.array(schema, "allOf", path);
        for (int i = 0; i < all.size(); i++) {
            result = merge(result, all.get(i), path + "/allOf/" + i);
        }
        if (schema.containsKey("oneOf")) {
            JsonArray branches = JsonSource.array(schema, "oneOf", path);
            new Disjointness(compiler, budget).require(branches, path);
            result = merge(
                    result,
                    provider.createObjectBuilder().add("anyOf", branches).build(),
                    path);
        }
        depth--;
        return result;
    }

    /** A schema whose values are those of both. */
    JsonValue merge(JsonValue a, JsonValue b, String path) {
        if (a == JsonValue.FALSE || b == JsonValue.FALSE) {
            return JsonValue.FALSE;
        }
        JsonValue first = a instanceof JsonObject object && combines(object) ? flatten(object, path) : a;
        JsonValue second = b instanceof JsonObject object ? flatten(object, path) : b;
        if (first == JsonValue.FALSE || second == JsonValue.FALSE) {
            return JsonValue.FALSE;
        }
        if (second == JsonValue.TRUE || second instanceof JsonObject object && object.isEmpty()) {
            return first;
        }
        if (first == JsonValue.TRUE || first instanceof JsonObject object && object.isEmpty()) {
            return second;
        }
        if (!(first instanceof JsonObject) || !(second instanceof JsonObject)) {
            throw CompileBudget.refuse("The schema at '" + path + "' must be an object, true or false");
        }
        return mergeObjects((JsonObject) first, (JsonObject) second, path);
    }

    private static boolean combines(JsonObject schema) {
        return schema.containsKey("$ref") || schema.containsKey("allOf") || schema.containsKey("oneOf");
    }

    private JsonValue mergeObjects(JsonObject a, JsonObject b, String path) {
        if (a.containsKey("const") && b.containsKey("const") && !LiteralValues.same(a.get("const"), b.get("const"))) {
            return JsonValue.FALSE;
        }
        Map<String, JsonValue> merged = new LinkedHashMap<>(a);
        for (Map.Entry<String, JsonValue> entry : b.entrySet()) {
            String keyword = entry.getKey();
            JsonValue theirs = entry.getValue();
            JsonValue mine = a.get(keyword);
            merged.put(keyword, mine == null || mine.equals(theirs) ? theirs : both(keyword, mine, theirs, path));
        }
        if (merged.containsKey("type") && merged.get("type") instanceof JsonArray types && types.isEmpty()) {
            return JsonValue.FALSE;
        }
        mergeProperties(a, b, merged, path);
        mergeItems(a, b, merged, path);
        JsonObjectBuilder builder = provider.createObjectBuilder();
        merged.forEach(builder::add);
        return builder.build();
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
                    if (elements(theirs).stream().anyMatch(other -> LiteralValues.same(value, other))) {
                        common.add(value);
                    }
                }
                yield common.build();
            }
            case "const" -> mine;
            case "anyOf" -> pairs(elements(mine), elements(theirs));
            case "required" -> {
                Set<JsonValue> names = new LinkedHashSet<>(elements(mine));
                names.addAll(elements(theirs));
                JsonArrayBuilder union = provider.createArrayBuilder();
                names.forEach(union::add);
                yield union.build();
            }
            case "uniqueItems" -> mine == JsonValue.TRUE ? mine : theirs;
            default -> allOf(mine, theirs);
        };
    }

    private static List<JsonValue> elements(JsonValue value) {
        return value instanceof JsonArray array ? array : List.of(value);
    }

    private JsonObject allOf(JsonValue a, JsonValue b) {
        return provider.createObjectBuilder()
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

    private JsonArray pairs(List<JsonValue> mine, List<JsonValue> theirs) {
        JsonArrayBuilder pairs = provider.createArrayBuilder();
        for (JsonValue a : mine) {
            for (JsonValue b : theirs) {
                budget.states(1);
                pairs.add(allOf(a, b));
            }
        }
        return pairs.build();
    }

    /** A property that one side names must satisfy what the other says of properties that it does not name. */
    private void mergeProperties(JsonObject a, JsonObject b, Map<String, JsonValue> merged, String path) {
        boolean mixed = a.containsKey("patternProperties") && b.containsKey("additionalProperties")
                || b.containsKey("patternProperties") && a.containsKey("additionalProperties");
        if (mixed) {
            throw CompileBudget.refuse(
                    "'patternProperties' in one and 'additionalProperties' in another schema that must both "
                            + "hold are not supported, at '" + path + "'");
        }
        if (a.containsKey("patternProperties") && b.containsKey("patternProperties")) {
            merged.put(
                    "patternProperties",
                    union(
                            JsonSource.object(a, "patternProperties", path),
                            JsonSource.object(b, "patternProperties", path)));
        }
        JsonObject mine = JsonSource.object(a, "properties", path);
        JsonObject theirs = JsonSource.object(b, "properties", path);
        if (mine.isEmpty() && theirs.isEmpty()) {
            return;
        }
        JsonObjectBuilder properties = provider.createObjectBuilder();
        mine.forEach((name, schema) -> {
            JsonValue other = theirs.containsKey(name) ? theirs.get(name) : b.get("additionalProperties");
            properties.add(name, other == null || other.equals(schema) ? schema : allOf(schema, other));
        });
        theirs.forEach((name, schema) -> {
            if (!mine.containsKey(name)) {
                JsonValue other = a.get("additionalProperties");
                properties.add(name, other == null ? schema : allOf(schema, other));
            }
        });
        merged.put("properties", properties.build());
    }

    private JsonObject union(JsonObject a, JsonObject b) {
        JsonObjectBuilder union = provider.createObjectBuilder(a);
        b.forEach((name, schema) -> union.add(name, a.containsKey(name) ? allOf(a.get(name), schema) : schema));
        return union.build();
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
            prefix.add(x == JsonValue.TRUE ? y : y == JsonValue.TRUE ? x : allOf(x, y));
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
