package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.parsson.JsonProviderImpl;

/**
 * Works the words that apply other schemas in place ({@code $ref}, {@code allOf}, {@code oneOf}, {@code not}, {@code
 * if}, {@code dependentSchemas}, …) into one schema whose alternatives, if there are any, are an {@code anyOf}.
 */
final class SchemaApplicators {
    private static final Set<String> CONTAINS_KEYWORDS = Set.of("contains", "minContains", "maxContains");
    private static final Set<String> UNEVALUATED = Set.of("unevaluatedItems", "unevaluatedProperties");

    private final JsonSchemaCompiler compiler;
    private final SchemaMerger merger;
    private final SchemaNegation negation;
    private final JsonProviderImpl provider = new JsonProviderImpl();
    /** How often something was negated so far. */
    private int negations;

    SchemaApplicators(JsonSchemaCompiler compiler, SchemaMerger merger, CompileBudget budget) {
        this.compiler = compiler;
        this.merger = merger;
        this.negation = new SchemaNegation(compiler, budget);
    }

    /**
     * @param schema in today's notation
     */
    JsonValue apply(JsonObject schema, String path) {
        if (schema.keySet().stream().noneMatch(SchemaApplicators::applies)) {
            return schema;
        }
        int negationsBefore = negations;
        JsonValue result = own(schema, path);
        for (String keyword : SchemaReferences.KEYWORDS) {
            if (schema.containsKey(keyword)) {
                result = merger.merge(result, compiler.resolve(keyword, schema, path), path);
            }
        }
        JsonArray all = JsonSource.array(schema, "allOf", path);
        for (int i = 0; i < all.size(); i++) {
            result = merger.merge(result, all.get(i), path + "/allOf/" + i);
        }
        result = dependencies(schema, result, path);
        if (schema.containsKey("not")) {
            result = merger.merge(result, not(schema.get("not"), path + "/not"), path);
        }
        if (schema.containsKey("if") && (schema.containsKey("then") || schema.containsKey("else"))) {
            result = merger.merge(result, conditional(schema, path), path);
        }
        if (schema.containsKey("oneOf")) {
            result = merger.merge(result, oneOf(JsonSource.array(schema, "oneOf", path), path), path);
        }
        for (String keyword : UNEVALUATED) {
            if (schema.containsKey(keyword)) {
                result = unevaluated(keyword, schema.get(keyword), result, path);
                if (negations != negationsBefore) {
                    throw CompileBudget.refuse("'" + keyword + "' at '" + path
                            + "' beside 'not', 'if' or a 'oneOf' whose branches overlap is not supported");
                }
            }
        }
        return result;
    }

    private static boolean applies(String keyword) {
        return SchemaDialect.COMBINING.contains(keyword)
                || CONTAINS_KEYWORDS.contains(keyword)
                || UNEVALUATED.contains(keyword);
    }

    /** What a schema says by itself. */
    private JsonObject own(JsonObject schema, String path) {
        JsonObjectBuilder own = provider.createObjectBuilder();
        schema.forEach((keyword, value) -> {
            if (!applies(keyword)) {
                own.add(keyword, value);
            }
        });
        if (schema.containsKey("contains")) {
            JsonObjectBuilder contains = provider.createObjectBuilder();
            schema.forEach((keyword, value) -> {
                if (CONTAINS_KEYWORDS.contains(keyword)) {
                    contains.add(keyword, value);
                }
            });
            JsonArrayBuilder all = provider.createArrayBuilder(JsonSource.array(schema, SchemaDialect.CONTAINS, path));
            own.add(SchemaDialect.CONTAINS, all.add(contains));
        }
        return own.build();
    }

    private JsonValue not(JsonValue schema, String path) {
        negations++;
        return negation.of(schema, path);
    }

    private JsonValue dependencies(JsonObject schema, JsonValue before, String path) {
        JsonValue result = before;
        JsonObject names = JsonSource.object(schema, "dependentRequired", path);
        for (String name : names.keySet()) {
            JsonSource.strings(names, name, path + "/dependentRequired");
            JsonObject needed = provider.createObjectBuilder()
                    .add("required", names.get(name))
                    .build();
            result = merger.merge(result, dependent(name, needed, result, path), path);
        }
        JsonObject schemas = JsonSource.object(schema, "dependentSchemas", path);
        for (String name : schemas.keySet()) {
            result = merger.merge(result, dependent(name, schemas.get(name), result, path), path);
        }
        return result;
    }

    /** Either a property is absent or a schema holds. */
    private JsonValue dependent(String name, JsonValue needed, JsonValue result, String path) {
        JsonObject present = provider.createObjectBuilder()
                .add("required", provider.createArrayBuilder().add(name))
                .build();
        boolean required = result instanceof JsonObject object
                && JsonSource.strings(object, "required", path).contains(name);
        if (required) {
            return needed;
        }
        JsonObject absent = provider.createObjectBuilder()
                .add("properties", provider.createObjectBuilder().add(name, JsonValue.FALSE))
                .build();
        return anyOf(List.of(absent, merger.merge(present, needed, path)));
    }

    private JsonValue conditional(JsonObject schema, String path) {
        JsonValue condition = schema.get("if");
        JsonValue then = merger.merge(condition, schema.getOrDefault("then", JsonValue.TRUE), path + "/then");
        JsonValue otherwise =
                merger.merge(not(condition, path + "/if"), schema.getOrDefault("else", JsonValue.TRUE), path + "/else");
        return anyOf(List.of(then, otherwise));
    }

    /** Each branch without what other branches have in common with it. */
    private JsonValue oneOf(JsonArray branches, String path) {
        List<JsonValue> options = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            JsonValue option = branches.get(i);
            for (int j = 0; j < branches.size() && option != JsonValue.FALSE; j++) {
                if (i != j && !compiler.disjointness().of(branches.get(i), branches.get(j), path + "/oneOf")) {
                    option = merger.merge(option, not(branches.get(j), path + "/oneOf/" + j), path + "/oneOf/" + i);
                }
            }
            options.add(option);
        }
        return anyOf(options);
    }

    private JsonValue anyOf(List<JsonValue> options) {
        JsonArrayBuilder possible = provider.createArrayBuilder();
        JsonValue last = JsonValue.FALSE;
        int count = 0;
        for (JsonValue option : options) {
            if (option != JsonValue.FALSE) {
                possible.add(option);
                last = option;
                count++;
            }
        }
        return count < 2
                ? last
                : provider.createObjectBuilder().add("anyOf", possible).build();
    }

    /** What no other word spoke of, once alternatives are told apart. */
    private JsonValue unevaluated(String keyword, JsonValue rest, JsonValue schema, String path) {
        if (!(schema instanceof JsonObject object)) {
            return schema == JsonValue.TRUE ? unevaluated(keyword, rest, JsonValue.EMPTY_JSON_OBJECT, path) : schema;
        }
        if (object.containsKey("anyOf")) {
            JsonObject others = SchemaMerger.without(object, "anyOf");
            List<JsonValue> options = new ArrayList<>();
            for (JsonValue branch : JsonSource.array(object, "anyOf", path)) {
                options.add(unevaluated(keyword, rest, merger.merge(others, branch, path), path));
            }
            return anyOf(options);
        }
        boolean items = keyword.equals("unevaluatedItems");
        if (items && object.containsKey(SchemaDialect.CONTAINS)) {
            throw CompileBudget.refuse("'unevaluatedItems' beside 'contains' at '" + path + "' is not supported");
        }
        String other = items ? "items" : "additionalProperties";
        boolean spoken = object.containsKey(other)
                || !items
                        && JsonSource.array(object, SchemaDialect.LAYERS, path).stream()
                                .anyMatch(layer -> layer.asJsonObject().containsKey(other));
        return spoken
                ? object
                : provider.createObjectBuilder(object).add(other, rest).build();
    }
}
