package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.JsonExpressions;
import dev.tokamak.grammars.expression.Spelling;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Objects: the declared properties in the order of their declaration, optional ones skipped or not, then additional
 * ones. What a property must be is what each layer of the schema says of its name: one layer, but for schemas that were
 * merged.
 */
final class ObjectExpressions {
    private static final Set<String> NAME_KEYWORDS = Set.of(
            "type",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "enum",
            "const",
            SchemaDialect.NOT_PATTERN,
            SchemaDialect.NOT_VALUES);

    private final JsonSchemaCompiler schemas;
    private final JsonExpressions json;
    private final CompileBudget budget;

    ObjectExpressions(JsonSchemaCompiler schemas, JsonExpressions json, CompileBudget budget) {
        this.schemas = schemas;
        this.json = json;
        this.budget = budget;
    }

    /** Some names and what their values must be. */
    private record Extra(CharAutomaton names, JsonValue value) {}

    /** What a schema says of names: some by themselves, some by patterns, and the others; null is nothing. */
    private record Layer(JsonObject properties, JsonObject patterns, JsonValue additional) {}

    Expression object(JsonObject schema, String path) {
        List<Layer> layers = layers(schema, path);
        Set<String> required = new LinkedHashSet<>(JsonSource.strings(schema, "required", path));
        Set<String> declared = new LinkedHashSet<>();
        layers.forEach(layer -> declared.addAll(layer.properties().keySet()));
        Map<String, CharAutomaton> matchers = new LinkedHashMap<>();
        for (Layer layer : layers) {
            layer.patterns()
                    .keySet()
                    .forEach(pattern -> matchers.computeIfAbsent(pattern, p -> StringAutomata.pattern(p, budget)));
        }
        boolean open = open(layers, required);
        CharAutomaton names = schema.containsKey("propertyNames") ? names(schema.get("propertyNames"), path) : null;
        int min = JsonSource.count(schema, "minProperties", 0, path);
        int max = JsonSource.most(schema, "maxProperties", path);
        ObjectMachine machine = new ObjectMachine(json, budget, min, max, path);
        boolean free = open && declared.isEmpty() && matchers.isEmpty() && required.isEmpty() && names == null;
        if (free
                && layers.stream()
                        .allMatch(layer -> layer.additional() == null || SchemaMerger.isAny(layer.additional()))) {
            return min == 0 && max < 0 ? json.anyObject() : machine.of(List.of(), List.of(anyMember()));
        }
        declared.addAll(required);
        List<ObjectMachine.Property> properties = new ArrayList<>();
        for (String name : declared) {
            String propertyPath = path + "/properties/" + name;
            JsonValue value = names == null || names.matches(name)
                    ? declaredValue(name, layers, matchers, propertyPath)
                    : JsonValue.FALSE;
            if (value != JsonValue.FALSE || required.contains(name)) {
                Expression member = value == JsonValue.FALSE
                        ? Expression.NOTHING
                        : json.member(json.string(name), schemas.value(value, propertyPath));
                properties.add(new ObjectMachine.Property(shared(member, propertyPath), required.contains(name)));
            }
        }
        return machine.of(properties, extras(layers, declared, matchers, open, names, path));
    }

    private static List<Layer> layers(JsonObject schema, String path) {
        List<Layer> layers = new ArrayList<>();
        layers.add(layer(schema, path));
        for (JsonValue layer : JsonSource.array(schema, SchemaDialect.LAYERS, path)) {
            layers.add(layer(layer.asJsonObject(), path));
        }
        return layers;
    }

    private static Layer layer(JsonObject schema, String path) {
        return new Layer(
                JsonSource.object(schema, "properties", path),
                JsonSource.object(schema, "patternProperties", path),
                schema.get("additionalProperties"));
    }

    /**
     * Whether names that nothing was said of may be written. Where no layer speaks of them they are not, once a schema
     * names a property that may be written: a model would otherwise invent some.
     */
    private static boolean open(List<Layer> layers, Set<String> required) {
        boolean spoken = false;
        boolean names = !required.isEmpty();
        for (Layer layer : layers) {
            if (layer.additional() == JsonValue.FALSE) {
                return false;
            }
            spoken |= layer.additional() != null;
            names |= !layer.patterns().isEmpty();
            names |= layer.properties().values().stream().anyMatch(value -> value != JsonValue.FALSE);
        }
        return spoken || !names;
    }

    private JsonValue declaredValue(String name, List<Layer> layers, Map<String, CharAutomaton> matchers, String path) {
        JsonValue value = JsonValue.TRUE;
        for (Layer layer : layers) {
            boolean spoken = layer.properties().containsKey(name);
            if (spoken) {
                value = both(value, layer.properties().get(name), path);
            }
            for (String pattern : layer.patterns().keySet()) {
                if (matchers.get(pattern).matches(name)) {
                    spoken = true;
                    value = both(value, layer.patterns().get(pattern), path);
                }
            }
            if (!spoken && layer.additional() != null) {
                value = both(value, layer.additional(), path);
            }
        }
        return value;
    }

    private JsonValue both(JsonValue a, JsonValue b, String path) {
        return a == JsonValue.TRUE ? b : schemas.merger().merge(a, b, path);
    }

    private static Expression shared(Expression member, String path) {
        return new Expression.Call(new Expression.Rule("property at " + path, member));
    }

    private CharAutomaton names(JsonValue schema, String path) {
        if (schema instanceof JsonObject object && LiteralValues.present(object)) {
            return literalNames(object, path);
        }
        JsonValue flat = schema instanceof JsonObject object ? schemas.merger().flatten(object, path) : schema;
        if (flat == JsonValue.TRUE) {
            return CharAutomaton.lengths(0, -1, budget);
        }
        if (flat == JsonValue.FALSE) {
            return CharAutomaton.literals(List.of(), budget);
        }
        if (!(flat instanceof JsonObject object)) {
            throw CompileBudget.refuse("'propertyNames' at '" + path + "' must be an object, true or false");
        }
        if (LiteralValues.present(object)) {
            return literalNames(object, path);
        }
        if (object.containsKey("anyOf")) {
            JsonObject rest = SchemaMerger.without(object, "anyOf");
            List<CharAutomaton> branches = new ArrayList<>();
            for (JsonValue branch : JsonSource.array(object, "anyOf", path)) {
                branches.add(names(schemas.merger().merge(rest, branch, path), path));
            }
            return CharAutomaton.union(branches, budget);
        }
        if (object.containsKey("type") && !schemas.types(object, path).contains(JsonSchemaCompiler.Type.STRING)) {
            return CharAutomaton.literals(List.of(), budget);
        }
        if (object.keySet().stream().noneMatch(NAME_KEYWORDS::contains)) {
            return CharAutomaton.lengths(0, -1, budget);
        }
        CharAutomaton names = StringAutomata.withoutLength(object, path, budget);
        int min = JsonSource.count(object, "minLength", 0, path);
        int max = StringAutomata.maxLength(object, path);
        if (max >= 0 && min > max) {
            return CharAutomaton.literals(List.of(), budget);
        }
        return min == 0 && (max < 0 || names.longest() <= max)
                ? names
                : names.intersect(CharAutomaton.lengths(min, max, budget), budget);
    }

    private CharAutomaton literalNames(JsonObject object, String path) {
        List<String> texts = new ArrayList<>();
        for (JsonValue value : LiteralValues.allowed(object, schemas, path, budget)) {
            if (value instanceof JsonString text) {
                texts.add(text.getString());
            }
        }
        return CharAutomaton.literals(texts, budget);
    }

    private Expression anyMember() {
        return shared(json.member(json.string(), json.value()), "any");
    }

    /** The members that are not declared: the names are parted by the patterns that they match. */
    private List<Expression> extras(
            List<Layer> layers,
            Set<String> declared,
            Map<String, CharAutomaton> matchers,
            boolean open,
            CharAutomaton names,
            String path) {
        List<Expression> members = new ArrayList<>();
        if (matchers.isEmpty() && !open) {
            return members;
        }
        CharAutomaton undeclared = CharAutomaton.literals(declared, budget).complement(budget);
        if (names != null) {
            undeclared = undeclared.intersect(names, budget);
        }
        Map<CharAutomaton, List<String>> parts = new LinkedHashMap<>(Map.of(undeclared, List.of()));
        for (Map.Entry<String, CharAutomaton> matcher : matchers.entrySet()) {
            parts = parted(parts, matcher.getKey(), matcher.getValue());
        }
        List<Extra> extras = new ArrayList<>();
        parts.forEach((part, patterns) -> {
            JsonValue value = patterns.isEmpty() && !open ? JsonValue.FALSE : extraValue(layers, patterns, path);
            if (value != JsonValue.FALSE) {
                extras.add(new Extra(part, value));
            }
        });
        for (Extra extra : extras) {
            Expression name = JsonExpressions.quoted(new Expression.Characters(extra.names(), Spelling.JSON_SHORT));
            String extraPath = path + "/additionalProperties";
            members.add(shared(json.member(name, schemas.value(extra.value(), extraPath)), extraPath));
        }
        return members;
    }

    private Map<CharAutomaton, List<String>> parted(
            Map<CharAutomaton, List<String>> parts, String pattern, CharAutomaton matcher) {
        CharAutomaton others = matcher.complement(budget);
        Map<CharAutomaton, List<String>> parted = new LinkedHashMap<>();
        parts.forEach((part, patterns) -> {
            CharAutomaton matching = part.intersect(matcher, budget);
            if (!matching.isEmpty()) {
                List<String> more = new ArrayList<>(patterns);
                more.add(pattern);
                parted.put(matching, more);
            }
            CharAutomaton rest = part.intersect(others, budget);
            if (!rest.isEmpty()) {
                parted.put(rest, patterns);
            }
        });
        return parted;
    }

    private JsonValue extraValue(List<Layer> layers, List<String> patterns, String path) {
        JsonValue value = JsonValue.TRUE;
        for (Layer layer : layers) {
            boolean spoken = false;
            for (String pattern : patterns) {
                if (layer.patterns().containsKey(pattern)) {
                    spoken = true;
                    value = both(value, layer.patterns().get(pattern), path);
                }
            }
            if (!spoken && layer.additional() != null) {
                value = both(value, layer.additional(), path);
            }
        }
        return value;
    }
}
