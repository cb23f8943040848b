package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.parsson.JsonProviderImpl;

/**
 * The schema of what another schema does not allow: one alternative for each word that a value may break. A way to
 * break a schema that cannot be said as a schema (an additional property of any name) is left out: that loses values
 * but allows no wrong one. Where all ways are lost, the negation is refused.
 */
final class SchemaNegation {
    private static final int MAX_DEPTH = 12;
    private static final int MAX_EXCLUSIVE_BRANCHES = 8;

    private final JsonSchemaCompiler compiler;
    private final CompileBudget budget;
    private final JsonProviderImpl provider = new JsonProviderImpl();
    private int depth;
    private String lost;

    SchemaNegation(JsonSchemaCompiler compiler, CompileBudget budget) {
        this.compiler = compiler;
        this.budget = budget;
    }

    JsonValue of(JsonValue schema, String path) {
        budget.states(1);
        if (schema == JsonValue.TRUE || schema == JsonValue.FALSE) {
            return schema == JsonValue.TRUE ? JsonValue.FALSE : JsonValue.TRUE;
        }
        if (!(schema instanceof JsonObject object)) {
            throw CompileBudget.refuse("The schema at '" + path + "' must be an object, true or false");
        }
        if (++depth > MAX_DEPTH) {
            throw CompileBudget.refuse("'not' at '" + path + "' nests deeper than the limit of " + MAX_DEPTH);
        }
        compiler.checkKeywords(object, path);
        JsonObject modern = SchemaDialect.modern(object, path);
        List<JsonValue> ways = new ArrayList<>();
        String lostBefore = lost;
        lost = null;
        for (String keyword : modern.keySet()) {
            ways(keyword, modern, path, ways);
        }
        if (ways.isEmpty() && lost != null) {
            throw CompileBudget.refuse("'" + lost + "' within 'not' at '" + path + "' is not supported");
        }
        lost = lostBefore;
        depth--;
        ways.removeIf(way -> way == JsonValue.FALSE);
        return ways.isEmpty() ? JsonValue.FALSE : ways.size() == 1 ? ways.get(0) : combined("anyOf", ways);
    }

    private void ways(String keyword, JsonObject schema, String path, List<JsonValue> ways) {
        JsonValue value = schema.get(keyword);
        switch (keyword) {
            case "$ref", "$dynamicRef", "$recursiveRef" -> ways.add(of(compiler.resolve(keyword, schema, path), path));
            case "type" -> otherTypes(schema, path, ways);
            case "enum" -> ways.add(with(SchemaDialect.NOT_VALUES, JsonSource.array(schema, "enum", path)));
            case "const" -> ways.add(with(SchemaDialect.NOT_VALUES, array(List.of(value))));
            case "anyOf" -> ways.add(all(JsonSource.array(schema, keyword, path)));
            case "allOf" -> JsonSource.array(schema, keyword, path).forEach(part -> ways.add(not(part)));
            case "not" -> ways.add(value);
            case "oneOf" -> otherThanOne(JsonSource.array(schema, keyword, path), ways);
            case "if" -> conditional(schema, ways);
            case "then", "else" -> {}
            default -> waysOfTypes(keyword, value, schema, path, ways);
        }
    }

    private void waysOfTypes(String keyword, JsonValue value, JsonObject schema, String path, List<JsonValue> ways) {
        if (SchemaDialect.OBJECT_KEYWORDS.contains(keyword)) {
            waysOfObjects(keyword, schema, path, ways);
        } else if (SchemaDialect.ARRAY_KEYWORDS.contains(keyword)) {
            waysOfArrays(keyword, schema, path, ways);
        } else if (SchemaDialect.NUMBER_KEYWORDS.contains(keyword)) {
            String opposite = Map.of(
                            "minimum", "exclusiveMaximum",
                            "maximum", "exclusiveMinimum",
                            "exclusiveMinimum", "maximum",
                            "exclusiveMaximum", "minimum")
                    .getOrDefault(keyword, SchemaDialect.NOT_MULTIPLE_OF);
            ways.add(typed("number").add(opposite, value).build());
        } else if (keyword.equals("pattern")) {
            ways.add(typed("string").add(SchemaDialect.NOT_PATTERN, value).build());
        } else if (keyword.equals("minLength")) {
            below("string", "maxLength", JsonSource.count(schema, keyword, 0, path), ways);
        } else if (keyword.equals("maxLength")) {
            above("string", "minLength", JsonSource.count(schema, keyword, 0, path), ways);
        } else if (keyword.equals("format")) {
            format(value, ways);
        } else {
            lost = keyword;
        }
    }

    /** A format that is not known says nothing that could be broken. */
    private void format(JsonValue value, List<JsonValue> ways) {
        String name = value instanceof JsonString text ? text.getString() : "";
        String exactly = StringFormats.exactly(name);
        if (exactly != null) {
            ways.add(typed("string")
                    .add(SchemaDialect.NOT_PATTERN, "^(?:" + exactly + ")$")
                    .build());
        } else if (StringFormats.known(name)) {
            lost = "format";
        }
    }

    private void waysOfObjects(String keyword, JsonObject schema, String path, List<JsonValue> ways) {
        switch (keyword) {
            case "required" -> JsonSource.strings(schema, keyword, path).forEach(name -> ways.add(objectWithout(name)));
            case "properties" ->
                JsonSource.object(schema, keyword, path)
                        .forEach((name, property) -> ways.add(typed("object")
                                .add("required", names(name))
                                .add("properties", with(name, not(property)))
                                .build()));
            case "minProperties" -> below("object", "maxProperties", JsonSource.count(schema, keyword, 0, path), ways);
            case "maxProperties" -> above("object", "minProperties", JsonSource.count(schema, keyword, 0, path), ways);
            case "dependentRequired" ->
                JsonSource.object(schema, keyword, path).forEach((name, needed) -> {
                    if (needed instanceof JsonArray others) {
                        others.getValuesAs(JsonString.class)
                                .forEach(other -> ways.add(
                                        combined("allOf", List.of(requiring(name), objectWithout(other.getString())))));
                    }
                });
            case "dependentSchemas" ->
                JsonSource.object(schema, keyword, path)
                        .forEach((name, needed) -> ways.add(combined("allOf", List.of(requiring(name), not(needed)))));
            default -> lost = keyword;
        }
    }

    private void waysOfArrays(String keyword, JsonObject schema, String path, List<JsonValue> ways) {
        switch (keyword) {
            case "items" -> {
                if (schema.containsKey("prefixItems")) {
                    lost = keyword;
                } else {
                    ways.add(typed("array")
                            .add("contains", not(schema.get("items")))
                            .build());
                }
            }
            case "prefixItems" -> {
                JsonArray prefix = JsonSource.array(schema, keyword, path);
                for (int i = 0; i < prefix.size(); i++) {
                    JsonArrayBuilder other = provider.createArrayBuilder();
                    for (int before = 0; before < i; before++) {
                        other.add(JsonValue.TRUE);
                    }
                    ways.add(typed("array")
                            .add("minItems", i + 1)
                            .add("prefixItems", other.add(not(prefix.get(i))))
                            .add("items", JsonValue.TRUE)
                            .build());
                }
            }
            case "contains" -> containing(schema, path, ways);
            case "minContains", "maxContains" -> {}
            case "minItems" -> below("array", "maxItems", JsonSource.count(schema, keyword, 0, path), ways);
            case "maxItems" -> above("array", "minItems", JsonSource.count(schema, keyword, 0, path), ways);
            default -> lost = keyword;
        }
    }

    private void containing(JsonObject schema, String path, List<JsonValue> ways) {
        int min = JsonSource.count(schema, "minContains", 1, path);
        int max = JsonSource.count(schema, "maxContains", -1, path);
        JsonValue element = schema.get("contains");
        if (min == 1) {
            ways.add(typed("array").add("items", not(element)).build());
        } else if (min > 1) {
            ways.add(typed("array")
                    .add("contains", element)
                    .add("minContains", 0)
                    .add("maxContains", min - 1)
                    .build());
        }
        if (max >= 0) {
            ways.add(typed("array")
                    .add("contains", element)
                    .add("minContains", max + 1)
                    .build());
        }
    }

    private void otherTypes(JsonObject schema, String path, List<JsonValue> ways) {
        Set<JsonSchemaCompiler.Type> named = compiler.types(schema, path);
        EnumSet<JsonSchemaCompiler.Type> others = EnumSet.allOf(JsonSchemaCompiler.Type.class);
        others.removeAll(named);
        others.remove(JsonSchemaCompiler.Type.INTEGER);
        boolean fractions =
                named.contains(JsonSchemaCompiler.Type.INTEGER) && others.remove(JsonSchemaCompiler.Type.NUMBER);
        if (!others.isEmpty()) {
            JsonArrayBuilder names = provider.createArrayBuilder();
            others.forEach(type -> names.add(type.name().toLowerCase(Locale.ROOT)));
            ways.add(with("type", names.build()));
        }
        if (fractions) {
            ways.add(typed("number").add(SchemaDialect.NOT_MULTIPLE_OF, 1).build());
        }
    }

    /** None of the branches, or two of them. */
    private void otherThanOne(JsonArray branches, List<JsonValue> ways) {
        ways.add(all(branches));
        if (branches.size() > MAX_EXCLUSIVE_BRANCHES) {
            lost = "oneOf";
            return;
        }
        for (int i = 0; i < branches.size(); i++) {
            for (int j = 0; j < i; j++) {
                ways.add(combined("allOf", List.of(branches.get(j), branches.get(i))));
            }
        }
    }

    private void conditional(JsonObject schema, List<JsonValue> ways) {
        JsonValue condition = schema.get("if");
        if (schema.containsKey("then")) {
            ways.add(combined("allOf", List.of(condition, not(schema.get("then")))));
        }
        if (schema.containsKey("else")) {
            ways.add(combined("allOf", List.of(not(condition), not(schema.get("else")))));
        }
    }

    private void below(String type, String keyword, int count, List<JsonValue> ways) {
        if (count > 0) {
            ways.add(typed(type).add(keyword, count - 1).build());
        }
    }

    private void above(String type, String keyword, int count, List<JsonValue> ways) {
        ways.add(typed(type).add(keyword, count + 1L).build());
    }

    /** All of the negations. */
    private JsonValue all(JsonArray branches) {
        return combined("allOf", branches.stream().map(this::not).toList());
    }

    private JsonValue not(JsonValue schema) {
        return schema == JsonValue.TRUE
                ? JsonValue.FALSE
                : schema == JsonValue.FALSE ? JsonValue.TRUE : with("not", schema);
    }

    private JsonObject objectWithout(String name) {
        return typed("object").add("properties", with(name, JsonValue.FALSE)).build();
    }

    private JsonObject requiring(String name) {
        return typed("object").add("required", names(name)).build();
    }

    private JsonArray names(String name) {
        return provider.createArrayBuilder().add(name).build();
    }

    private JsonObjectBuilder typed(String type) {
        return provider.createObjectBuilder().add("type", type);
    }

    private JsonObject with(String key, JsonValue value) {
        return provider.createObjectBuilder().add(key, value).build();
    }

    private JsonObject combined(String keyword, List<JsonValue> parts) {
        return with(keyword, array(parts));
    }

    private JsonArray array(List<JsonValue> values) {
        JsonArrayBuilder builder = provider.createArrayBuilder();
        values.forEach(builder::add);
        return builder.build();
    }
}
