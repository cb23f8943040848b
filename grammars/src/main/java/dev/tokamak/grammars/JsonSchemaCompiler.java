package dev.tokamak.grammars;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.parsson.JsonProviderImpl;

/**
 * Translates a JSON Schema (2020-12) to an expression. Each schema becomes a rule, equal schemas one rule; references
 * make rules recursive.
 */
final class JsonSchemaCompiler {
    private static final Set<String> STRING_KEYWORDS = Set.of("minLength", "maxLength", "pattern", "format");
    private static final Set<String> NUMBER_KEYWORDS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    private static final Set<String> ARRAY_KEYWORDS =
            Set.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems");
    private static final Set<String> OBJECT_KEYWORDS = Set.of(
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties");
    private static final Set<String> OTHER_KEYWORDS =
            Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref");
    private static final Set<String> ANNOTATIONS = Set.of(
            "$schema",
            "$id",
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

    /** The types of JSON Schema. */
    enum Type {
        NULL,
        BOOLEAN,
        INTEGER,
        NUMBER,
        STRING,
        ARRAY,
        OBJECT
    }

    private final CompileBudget budget;
    private final JsonExpressions json;
    private final JsonValue root;
    private final SchemaMerger merger;
    private final ObjectExpressions objects;
    private final Map<JsonValue, Expression.Rule> rules = new HashMap<>();
    private int depth;

    private JsonSchemaCompiler(JsonValue root, JsonExpressions json, CompileBudget budget) {
        this.root = root;
        this.budget = budget;
        this.json = json;
        this.merger = new SchemaMerger(this, budget);
        this.objects = new ObjectExpressions(this, json, budget);
    }

    static Expression compile(String source, CompileBudget budget) {
        return compile(JsonSource.parse("JSON schema", source), new JsonExpressions(budget), budget);
    }

    static Expression compile(JsonValue schema, JsonExpressions json, CompileBudget budget) {
        SchemaForm.check(schema, "#");
        return new JsonSchemaCompiler(schema, json, budget).value(schema, "#");
    }

    /** The values of a schema. */
    Expression value(JsonValue schema, String path) {
        if (schema == JsonValue.TRUE) {
            return json.value();
        }
        if (schema == JsonValue.FALSE) {
            return Expression.NOTHING;
        }
        if (!(schema instanceof JsonObject)) {
            throw CompileBudget.refuse("The schema at '" + path + "' must be an object, true or false");
        }
        JsonObject object = (JsonObject) schema;
        Expression.Rule rule = rules.get(object);
        if (rule == null) {
            rule = new Expression.Rule("schema at " + path);
            rules.put(object, rule);
            budget.states(1);
            budget.depth(++depth);
            rule.define(body(object, path));
            depth--;
        }
        return new Expression.Call(rule);
    }

    private Expression body(JsonObject schema, String path) {
        checkKeywords(schema, path);
        if (schema.containsKey("$ref") && assertions(schema) == 1) {
            return value(resolve(schema, path), JsonSource.string(schema, "$ref", path));
        }
        JsonValue flat = merger.flatten(schema, path);
        if (!(flat instanceof JsonObject)) {
            return value(flat, path);
        }
        JsonObject merged = (JsonObject) flat;
        if (merged.containsKey("anyOf")) {
            return alternatives(merged, path);
        }
        if (merged.containsKey("enum") || merged.containsKey("const")) {
            return literals(merged, path);
        }
        List<Expression> options = new ArrayList<>();
        for (Type type : types(merged, path)) {
            options.add(ofType(type, merged, path));
        }
        return options.size() == 1 ? options.get(0) : new Expression.Choice(options);
    }

    /** Refuses a schema that uses what is not enforced. */
    void checkKeywords(JsonObject schema, String path) {
        for (String keyword : schema.keySet()) {
            boolean known = STRING_KEYWORDS.contains(keyword)
                    || NUMBER_KEYWORDS.contains(keyword)
                    || ARRAY_KEYWORDS.contains(keyword)
                    || OBJECT_KEYWORDS.contains(keyword)
                    || OTHER_KEYWORDS.contains(keyword)
                    || ANNOTATIONS.contains(keyword)
                    || keyword.startsWith("x-");
            if (!known) {
                throw CompileBudget.refuse("The schema keyword '" + keyword + "' at '" + path + "' is not supported");
            }
        }
        if (JsonSource.flag(schema, "uniqueItems", path)
                && JsonSource.count(schema, "maxItems", Integer.MAX_VALUE, path) > 1) {
            throw CompileBudget.refuse("The schema keyword 'uniqueItems' at '" + path + "' is not supported");
        }
    }

    /** How many keywords of a schema constrain its values. */
    static int assertions(JsonObject schema) {
        int count = 0;
        for (String keyword : schema.keySet()) {
            if (!ANNOTATIONS.contains(keyword) && !keyword.startsWith("x-")) {
                count++;
            }
        }
        return count;
    }

    static boolean isAnnotation(String keyword) {
        return ANNOTATIONS.contains(keyword) || keyword.startsWith("x-");
    }

    /** What {@code $ref} names. */
    JsonValue resolve(JsonObject schema, String path) {
        String reference = JsonSource.string(schema, "$ref", path);
        if (reference.equals("#")) {
            return root;
        }
        if (!reference.startsWith("#/")) {
            throw CompileBudget.refuse("'$ref' at '" + path + "' names '" + reference
                    + "'; only references within the schema such as '#/$defs/name' are supported");
        }
        try {
            String pointer = URLDecoder.decode(reference.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
            return new JsonProviderImpl().createPointer(pointer).getValue((JsonStructure) root);
        } catch (RuntimeException absent) {
            throw CompileBudget.refuse(
                    "'$ref' at '" + path + "' names '" + reference + "', which the schema does not have");
        }
    }

    private Expression alternatives(JsonObject schema, String path) {
        JsonObject rest = SchemaMerger.without(schema, "anyOf");
        List<Expression> options = new ArrayList<>();
        JsonArray branches = JsonSource.array(schema, "anyOf", path);
        for (int i = 0; i < branches.size(); i++) {
            String branchPath = path + "/anyOf/" + i;
            JsonValue branch =
                    assertions(rest) == 0 ? branches.get(i) : merger.merge(rest, branches.get(i), branchPath);
            options.add(value(branch, branchPath));
        }
        return new Expression.Choice(options);
    }

    /** The types that a schema allows: those it names, else those that its keywords speak of, else all. */
    Set<Type> types(JsonObject schema, String path) {
        EnumSet<Type> types = EnumSet.noneOf(Type.class);
        JsonValue named = schema.get("type");
        if (named instanceof JsonString text) {
            types.add(type(text.getString(), path));
        } else if (named != null) {
            JsonSource.strings(schema, "type", path).forEach(name -> types.add(type(name, path)));
        } else {
            for (String keyword : schema.keySet()) {
                if (STRING_KEYWORDS.contains(keyword)) {
                    types.add(Type.STRING);
                } else if (NUMBER_KEYWORDS.contains(keyword)) {
                    types.add(Type.NUMBER);
                } else if (ARRAY_KEYWORDS.contains(keyword)) {
                    types.add(Type.ARRAY);
                } else if (OBJECT_KEYWORDS.contains(keyword)) {
                    types.add(Type.OBJECT);
                }
            }
            if (types.isEmpty()) {
                types.addAll(EnumSet.complementOf(EnumSet.of(Type.INTEGER)));
            }
        }
        if (types.contains(Type.NUMBER)) {
            types.remove(Type.INTEGER);
        }
        return types;
    }

    private static Type type(String name, String path) {
        for (Type type : Type.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
                return type;
            }
        }
        throw CompileBudget.refuse("'type' at '" + path + "' is '" + name + "', which is no type of JSON Schema");
    }

    private Expression ofType(Type type, JsonObject schema, String path) {
        return switch (type) {
            case NULL -> Expression.text("null");
            case BOOLEAN -> json.bool();
            case STRING ->
                StringAutomata.constrains(schema)
                        ? JsonExpressions.quoted(
                                StringAutomata.of(schema, path, budget), StringAutomata.spelling(schema))
                        : json.string();
            case INTEGER, NUMBER -> number(type == Type.INTEGER, schema, path);
            case ARRAY -> new ArrayExpressions(this, json, budget).array(schema, path);
            case OBJECT -> objects.object(schema, path);
        };
    }

    private Expression number(boolean integer, JsonObject schema, String path) {
        if (schema.keySet().stream().noneMatch(NUMBER_KEYWORDS::contains)) {
            return integer ? json.integer() : json.number();
        }
        NumberAutomata.Bound low = bound(schema, "minimum", "exclusiveMinimum", 1, path);
        NumberAutomata.Bound high = bound(schema, "maximum", "exclusiveMaximum", -1, path);
        List<BigDecimal> steps = steps(schema, path);
        int digits = steps.isEmpty() ? JsonExpressions.MAX_DIGITS : JsonExpressions.MAX_MULTIPLE_DIGITS;
        CharAutomaton range = integer
                ? NumberAutomata.integers(low, high, digits, budget)
                : NumberAutomata.decimals(low, high, digits, budget);
        for (BigDecimal step : steps) {
            range = range.intersect(NumberAutomata.multiples(step, !integer, path, budget), budget);
        }
        return new Expression.Characters(range, Spelling.RAW);
    }

    /** A schema's steps: one, or several where schemas were merged. */
    static List<BigDecimal> steps(JsonObject schema, String path) {
        JsonValue value = schema.get("multipleOf");
        if (!(value instanceof JsonArray array)) {
            return value == null ? List.of() : List.of(JsonSource.number(schema, "multipleOf", path));
        }
        List<BigDecimal> steps = new ArrayList<>();
        for (JsonValue step : array) {
            if (!(step instanceof JsonNumber number)) {
                throw CompileBudget.refuse("'multipleOf' at '" + path + "' must be a number");
            }
            steps.add(number.bigDecimalValue());
        }
        return steps;
    }

    /** The tighter of an inclusive and an exclusive bound. */
    static NumberAutomata.Bound bound(JsonObject schema, String inclusive, String exclusive, int sign, String path) {
        BigDecimal including = JsonSource.number(schema, inclusive, path);
        BigDecimal excluding = JsonSource.number(schema, exclusive, path);
        if (excluding == null) {
            return including == null ? null : new NumberAutomata.Bound(including, false);
        }
        boolean looser = including != null && including.compareTo(excluding) * sign > 0;
        return looser ? new NumberAutomata.Bound(including, false) : new NumberAutomata.Bound(excluding, true);
    }

    /** The values of {@code enum} and {@code const} that the schema's other keywords allow. */
    private Expression literals(JsonObject schema, String path) {
        List<Expression> options = new ArrayList<>();
        for (JsonValue value : LiteralValues.allowed(schema, this, path, budget)) {
            options.add(json.literal(value, 0));
        }
        return new Expression.Choice(options);
    }

    SchemaMerger merger() {
        return merger;
    }
}
