package dev.tokamak.grammars;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Objects: the declared properties in the order of their declaration, optional ones skipped or not, then additional
 * ones. A state is how many properties were passed and how many were written, the latter as far as it matters.
 */
final class ObjectExpressions {
    private final JsonSchemaCompiler schemas;
    private final JsonExpressions json;
    private final CompileBudget budget;

    ObjectExpressions(JsonSchemaCompiler schemas, JsonExpressions json, CompileBudget budget) {
        this.schemas = schemas;
        this.json = json;
        this.budget = budget;
    }

    private record Property(Expression member, boolean required) {}

    Expression object(JsonObject schema, String path) {
        JsonObject declared = JsonSource.object(schema, "properties", path);
        JsonObject patterns = JsonSource.object(schema, "patternProperties", path);
        Set<String> required = new LinkedHashSet<>(JsonSource.strings(schema, "required", path));
        int min = JsonSource.count(schema, "minProperties", 0, path);
        int max = JsonSource.count(schema, "maxProperties", -1, path);
        JsonValue additional = schema.get("additionalProperties");
        if (additional == null && declared.isEmpty() && patterns.isEmpty() && required.isEmpty()) {
            additional = JsonValue.TRUE;
        }
        CharAutomaton names = schema.containsKey("propertyNames") ? names(schema.get("propertyNames"), path) : null;
        boolean free = additional == JsonValue.TRUE && declared.isEmpty() && patterns.isEmpty() && required.isEmpty();
        if (free && names == null && min <= 1 && max < 0) {
            return min == 0 ? json.anyObject() : machine(List.of(), List.of(anyMember()), 1, -1, path);
        }
        Map<String, CharAutomaton> matchers = new LinkedHashMap<>();
        patterns.keySet().forEach(pattern -> matchers.put(pattern, StringAutomata.pattern(pattern, budget)));
        Map<String, JsonValue> all = new LinkedHashMap<>(declared);
        for (String name : required) {
            if (!all.containsKey(name)) {
                boolean matched = matchers.values().stream().anyMatch(matcher -> matcher.matches(name));
                all.put(name, matched || schema.get("additionalProperties") == null ? JsonValue.TRUE : additional);
            }
        }
        List<Property> properties = new ArrayList<>();
        for (Map.Entry<String, JsonValue> entry : all.entrySet()) {
            String name = entry.getKey();
            String propertyPath = path + "/properties/" + name;
            JsonValue value = entry.getValue();
            for (Map.Entry<String, CharAutomaton> matcher : matchers.entrySet()) {
                if (matcher.getValue().matches(name)) {
                    value = schemas.merger().merge(value, patterns.get(matcher.getKey()), propertyPath);
                }
            }
            boolean allowed = names == null || names.matches(name);
            Expression member =
                    allowed ? json.member(json.string(name), schemas.value(value, propertyPath)) : Expression.NOTHING;
            properties.add(new Property(shared(member, propertyPath), required.contains(name)));
        }
        List<Expression> extras = extras(all.keySet(), patterns, matchers, additional, names, path);
        return machine(properties, extras, min, max, path);
    }

    private static Expression shared(Expression member, String path) {
        return new Expression.Call(new Expression.Rule("property at " + path, member));
    }

    private CharAutomaton names(JsonValue schema, String path) {
        JsonValue flat = schema instanceof JsonObject object ? schemas.merger().flatten(object, path) : schema;
        if (flat == JsonValue.TRUE) {
            return CharAutomaton.lengths(0, -1, budget);
        }
        if (!(flat instanceof JsonObject object)) {
            return CharAutomaton.literals(List.of(), budget);
        }
        for (String keyword : object.keySet()) {
            boolean known = Set.of("type", "minLength", "maxLength", "pattern", "format", "enum", "const")
                    .contains(keyword);
            if (!known) {
                throw CompileBudget.refuse("'" + keyword + "' in 'propertyNames' at '" + path + "' is not supported");
            }
        }
        if (!schemas.types(object, path).contains(JsonSchemaCompiler.Type.STRING)) {
            return CharAutomaton.literals(List.of(), budget);
        }
        if (LiteralValues.present(object)) {
            List<String> texts = new ArrayList<>();
            for (JsonValue value : LiteralValues.of(object, path)) {
                if (value instanceof jakarta.json.JsonString text
                        && LiteralValues.allowed(value, object, schemas, path, budget)) {
                    texts.add(text.getString());
                }
            }
            return CharAutomaton.literals(texts, budget);
        }
        return StringAutomata.of(object, path, budget);
    }

    private Expression anyMember() {
        return shared(json.member(json.string(), json.value()), "any");
    }

    /** The members that are not declared: one kind for each pattern, and the additional ones. */
    private List<Expression> extras(
            Set<String> declared,
            JsonObject patterns,
            Map<String, CharAutomaton> matchers,
            JsonValue additional,
            CharAutomaton names,
            String path) {
        List<Expression> extras = new ArrayList<>();
        boolean open = additional != null && additional != JsonValue.FALSE;
        if (matchers.isEmpty() && !open) {
            return extras;
        }
        CharAutomaton undeclared = CharAutomaton.literals(declared, budget).complement(budget);
        if (names != null) {
            undeclared = undeclared.intersect(names, budget);
        }
        for (Map.Entry<String, CharAutomaton> matcher : matchers.entrySet()) {
            CharAutomaton key = undeclared.intersect(matcher.getValue(), budget);
            for (Map.Entry<String, CharAutomaton> other : matchers.entrySet()) {
                if (!other.getKey().equals(matcher.getKey())) {
                    key = key.intersect(other.getValue().complement(budget), budget);
                }
            }
            extras.add(extra(key, patterns.get(matcher.getKey()), path + "/patternProperties/" + matcher.getKey()));
        }
        if (open) {
            CharAutomaton key = undeclared;
            for (CharAutomaton matcher : matchers.values()) {
                key = key.intersect(matcher.complement(budget), budget);
            }
            extras.add(extra(key, additional, path + "/additionalProperties"));
        }
        return extras;
    }

    private Expression extra(CharAutomaton key, JsonValue value, String path) {
        Expression name = JsonExpressions.quoted(key, Spelling.JSON_SHORT);
        return shared(json.member(name, schemas.value(value, path)), path);
    }

    private Expression machine(List<Property> properties, List<Expression> extras, int min, int max, String path) {
        int required = (int) properties.stream().filter(Property::required).count();
        int least = min <= required ? 0 : min;
        if (!extras.isEmpty() && least > required + 1) {
            throw CompileBudget.refuse(
                    "'minProperties' at '" + path + "' is supported up to one more than the required "
                            + "properties where additional ones are allowed, because names must not repeat");
        }
        if (max >= 0 && max < Math.max(required, min) || extras.isEmpty() && least > properties.size()) {
            return Expression.NOTHING;
        }
        int counted = max >= 0 && (max < properties.size() || !extras.isEmpty()) ? max : Math.max(least, 1);
        boolean saturates = counted != max || max < 0;
        ObjectMachine machine = new ObjectMachine(counted, saturates);
        for (int at = 0; at < properties.size(); at++) {
            Property property = properties.get(at);
            for (int count = 0; count <= counted; count++) {
                machine.member(at, count, property.member(), at + 1);
                if (!property.required()) {
                    machine.arc(machine.state(at, count), Expression.EMPTY, machine.state(at + 1, count));
                }
            }
        }
        int end = properties.size();
        for (int count = 0; count <= counted; count++) {
            for (Expression extra : extras) {
                machine.member(end, count, extra, end);
            }
            if (count >= least) {
                Expression close = Expression.text("}");
                machine.arc(
                        machine.state(end, count), count == 0 ? close : Expression.sequence(json.space(), close), 1);
            }
        }
        machine.arc(0, Expression.sequence(Expression.text("{"), json.space()), machine.state(0, 0));
        return new Expression.Machine((end + 1) * (counted + 1) + 2, machine.arcs);
    }

    /** Collects moves between states (properties passed, members written). */
    private final class ObjectMachine {
        private final int counted;
        private final boolean saturates;
        private final List<Expression.Arc> arcs = new ArrayList<>();

        ObjectMachine(int counted, boolean saturates) {
            this.counted = counted;
            this.saturates = saturates;
        }

        int state(int passed, int written) {
            return 2 + passed * (counted + 1) + written;
        }

        void member(int passed, int written, Expression member, int passedThen) {
            if (written == counted && !saturates) {
                return;
            }
            int then = Math.min(counted, written + 1);
            Expression whole = written == 0 ? member : Expression.sequence(json.comma(), member);
            arc(state(passed, written), whole, state(passedThen, then));
        }

        void arc(int from, Expression on, int to) {
            budget.states(1);
            arcs.add(new Expression.Arc(from, on, to));
        }
    }
}
