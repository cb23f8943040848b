package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.JsonExpressions;
import dev.tokamak.grammars.expression.Spelling;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import dev.tokamak.grammars.regex.RegexParser;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
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
public final class JsonSchemaCompiler {
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
    private final JsonProviderImpl provider = new JsonProviderImpl();
    private final Map<JsonObject, Expression.Rule> strings = new HashMap<>();
    private final Map<String, JsonValue> references = new HashMap<>();
    private final SchemaMerger merger;
    private final Disjointness disjointness;
    private final ObjectExpressions objects;
    private final Map<JsonValue, Expression.Rule> rules = new HashMap<>();
    private int depth;

    private JsonSchemaCompiler(JsonValue root, JsonExpressions json, CompileBudget budget) {
        this.root = SchemaReferences.local(root, budget);
        this.budget = budget;
        this.json = json;
        this.merger = new SchemaMerger(this, budget);
        this.disjointness = new Disjointness(this, budget);
        this.objects = new ObjectExpressions(this, json, budget);
    }

    public static Expression compile(String source, CompileBudget budget) {
        return compile(JsonSource.parse("JSON schema", source), new JsonExpressions(budget), budget);
    }

    public static Expression compile(JsonValue schema, JsonExpressions json, CompileBudget budget) {
        SchemaForm.check(schema, "#");
        JsonSchemaCompiler compiler = new JsonSchemaCompiler(schema, json, budget);
        return compiler.value(compiler.root, "#");
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
        if (schema.containsKey("$ref")
                && schema.keySet().stream().filter(SchemaDialect::asserts).count() == 1) {
            return value(resolve("$ref", schema, path), JsonSource.string(schema, "$ref", path));
        }
        if (LiteralValues.present(schema)) {
            return literals(schema, path);
        }
        JsonValue flat = merger.flatten(schema, path);
        if (!(flat instanceof JsonObject merged)) {
            return value(flat, path);
        }
        if (LiteralValues.present(merged)) {
            return literals(merged, path);
        }
        if (merged.containsKey("anyOf")) {
            return alternatives(merged, path);
        }
        List<Expression> options = new ArrayList<>();
        for (Type type : types(merged, path)) {
            options.add(ofType(type, merged, path));
        }
        return options.size() == 1 ? options.get(0) : new Expression.Choice(options);
    }

    /** In strict mode, refuses a schema that uses what is not enforced. */
    void checkKeywords(JsonObject schema, String path) {
        if (budget.strict()) {
            SchemaDialect.requireKnown(schema, path);
        }
    }

    /** What a reference names. */
    JsonValue resolve(String keyword, JsonObject schema, String path) {
        String reference = JsonSource.string(schema, keyword, path);
        if (reference.equals("#")) {
            return root;
        }
        if (!reference.startsWith("#/")) {
            throw CompileBudget.refuse("'" + keyword + "' at '" + path + "' names '" + reference
                    + "'; only references within the schema such as '#/$defs/name' are supported");
        }
        JsonValue known = references.get(reference);
        if (known == null) {
            try {
                String pointer = URLDecoder.decode(reference.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
                known = provider.createPointer(pointer).getValue((JsonStructure) root);
            } catch (RuntimeException absent) {
                throw CompileBudget.refuse("'" + keyword + "' at '" + path + "' names '" + reference
                        + "', which the schema does not have");
            }
            references.put(reference, known);
        }
        return known;
    }

    /** A string as JSON. */
    JsonString text(String text) {
        return provider.createValue(text);
    }

    private Expression alternatives(JsonObject schema, String path) {
        JsonObject rest = SchemaMerger.without(schema, "anyOf");
        List<Expression> options = new ArrayList<>();
        JsonArray branches = JsonSource.array(schema, "anyOf", path);
        for (int i = 0; i < branches.size(); i++) {
            String branchPath = path + "/anyOf/" + i;
            JsonValue branch = rest.isEmpty() ? branches.get(i) : merger.merge(rest, branches.get(i), branchPath);
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
                Type type = SchemaDialect.typeOf(keyword);
                if (type != null) {
                    types.add(type);
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
            case STRING -> StringAutomata.constrains(schema) ? string(schema, path) : json.string();
            case INTEGER, NUMBER -> number(type == Type.INTEGER, schema, path);
            case ARRAY -> new ArrayExpressions(this, json, budget).array(schema, path);
            case OBJECT -> objects.object(schema, path);
        };
    }

    /** Strings of which much is said are one rule wherever the same is said. */
    private Expression string(JsonObject schema, String path) {
        if (!StringAutomata.constrainsCharacters(schema)) {
            return JsonExpressions.quoted(StringAutomata.content(schema, path, budget));
        }
        JsonObjectBuilder said = provider.createObjectBuilder();
        schema.forEach((keyword, value) -> {
            if (SchemaDialect.typeOf(keyword) == Type.STRING || keyword.equals(SchemaDialect.NOT_VALUES)) {
                said.add(keyword, value);
            }
        });
        JsonObject key = said.build();
        Expression.Rule rule = strings.get(key);
        if (rule == null) {
            rule = new Expression.Rule(
                    "string at " + path, JsonExpressions.quoted(StringAutomata.content(schema, path, budget)));
            strings.put(key, rule);
        }
        return new Expression.Call(rule);
    }

    private Expression number(boolean integer, JsonObject schema, String path) {
        List<BigDecimal> others = new ArrayList<>();
        for (JsonValue value : JsonSource.array(schema, SchemaDialect.NOT_VALUES, path)) {
            if (value instanceof JsonNumber number) {
                others.add(number.bigDecimalValue());
            }
        }
        List<BigDecimal> notSteps = steps(schema, SchemaDialect.NOT_MULTIPLE_OF, path);
        boolean bounded = schema.keySet().stream().anyMatch(SchemaDialect.NUMBER_KEYWORDS::contains);
        if (!bounded && others.isEmpty() && notSteps.isEmpty()) {
            return integer ? json.integer() : json.number();
        }
        NumberAutomata.Bound low = bound(schema, "minimum", "exclusiveMinimum", 1, path);
        NumberAutomata.Bound high = bound(schema, "maximum", "exclusiveMaximum", -1, path);
        List<BigDecimal> steps = steps(schema, "multipleOf", path);
        int digits = steps.isEmpty() ? JsonExpressions.MAX_DIGITS : JsonExpressions.MAX_MULTIPLE_DIGITS;
        CharAutomaton range = integer
                ? NumberAutomata.integers(low, high, digits, budget)
                : NumberAutomata.decimals(low, high, digits, budget);
        for (BigDecimal step : steps) {
            range = range.intersect(NumberAutomata.multiples(step, !integer, path, budget), budget);
        }
        if (!integer && !(notSteps.isEmpty() && others.isEmpty())) {
            // Readers compare in double precision: a finer number would be taken for one that is excluded.
            range = range.intersect(
                    RegexParser.parse("-?[0-9]{1,9}(?:\\.[0-9]{1,6})?", budget).automaton(budget), budget);
        }
        for (BigDecimal step : notSteps) {
            CharAutomaton multiples = NumberAutomata.multiples(step, true, path, budget);
            range = range.intersect(multiples.complement(budget), budget);
        }
        if (!others.isEmpty()) {
            range = range.intersect(NumberAutomata.spellings(others, budget).complement(budget), budget);
        }
        return new Expression.Characters(range, Spelling.RAW);
    }

    /** A schema's steps: one, or several where schemas were merged. */
    static List<BigDecimal> steps(JsonObject schema, String keyword, String path) {
        JsonValue value = schema.get(keyword);
        if (!(value instanceof JsonArray array)) {
            return value == null ? List.of() : List.of(JsonSource.number(schema, keyword, path));
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

    /** The schema of what another does not allow. */
    JsonObject not(JsonValue schema) {
        return provider.createObjectBuilder().add("not", schema).build();
    }

    Disjointness disjointness() {
        return disjointness;
    }

    SchemaMerger merger() {
        return merger;
    }
}
