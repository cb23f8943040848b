package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.JsonExpressions;
import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.parsson.JsonProviderImpl;

/**
 * Arrays without equal elements, where an automaton can tell: elements of few values, of which a state is the set that
 * was written, or so few elements that exclude each other by what they are.
 */
final class UniqueArrays {
    private static final int MAX_VALUES = 62;
    private static final int MAX_SETS = 1_100;
    private static final int MAX_POSITIONS = 8;

    private final JsonSchemaCompiler schemas;
    private final JsonExpressions json;
    private final CompileBudget budget;
    private final JsonProviderImpl provider = new JsonProviderImpl();

    UniqueArrays(JsonSchemaCompiler schemas, JsonExpressions json, CompileBudget budget) {
        this.schemas = schemas;
        this.json = json;
        this.budget = budget;
    }

    /** The arrays, or null where no automaton of a fair size can tell. */
    Expression array(JsonArray prefix, JsonValue rest, int min, int max, String path) {
        if (!prefix.isEmpty()) {
            return max >= 0 && max <= Math.min(prefix.size(), MAX_POSITIONS) && exclusive(prefix, max, path)
                    ? positions(prefix, min, max, path)
                    : null;
        }
        List<JsonValue> values = distinct(values(rest, path));
        if (values == null || values.size() > MAX_VALUES) {
            return null;
        }
        int longest = max < 0 ? values.size() : Math.min(max, values.size());
        return min > longest ? Expression.NOTHING : sets(values, min, longest);
    }

    private boolean exclusive(JsonArray prefix, int max, String path) {
        for (int i = 0; i < max; i++) {
            for (int j = 0; j < i; j++) {
                if (!schemas.disjointness().of(prefix.get(j), prefix.get(i), path)) {
                    return false;
                }
            }
        }
        return true;
    }

    private Expression positions(JsonArray prefix, int min, int max, String path) {
        JsonObjectBuilder same = provider.createObjectBuilder()
                .add("type", "array")
                .add("prefixItems", prefix)
                .add("items", JsonValue.FALSE)
                .add("minItems", min)
                .add("maxItems", max);
        return schemas.value(same.build(), path);
    }

    /** A state for each set of values that were written. */
    private Expression sets(List<JsonValue> values, int min, int max) {
        List<Expression> first = new ArrayList<>();
        List<Expression> further = new ArrayList<>();
        for (JsonValue value : values) {
            Expression literal = json.literal(value, 0);
            first.add(literal);
            further.add(new Expression.Call(
                    new Expression.Rule("unique item", Expression.sequence(json.comma(), literal))));
        }
        Expression close = new Expression.Call(
                new Expression.Rule("end of unique items", Expression.sequence(json.space(), Expression.text("]"))));
        Map<Long, Integer> states = new HashMap<>(Map.of(0L, 2));
        List<Long> pending = new ArrayList<>(List.of(0L));
        List<Expression.Arc> arcs = new ArrayList<>();
        arcs.add(new Expression.Arc(0, Expression.sequence(Expression.text("["), json.space()), 2));
        for (int i = 0; i < pending.size(); i++) {
            long written = pending.get(i);
            int count = Long.bitCount(written);
            int from = states.get(written);
            if (count >= min) {
                arcs.add(new Expression.Arc(from, count == 0 ? Expression.text("]") : close, 1));
            }
            for (int value = 0; value < values.size() && count < max; value++) {
                long then = written | 1L << value;
                if (then != written) {
                    if (!states.containsKey(then)) {
                        states.put(then, states.size() + 2);
                        pending.add(then);
                    }
                    budget.states(1);
                    arcs.add(new Expression.Arc(from, (count == 0 ? first : further).get(value), states.get(then)));
                }
            }
            if (states.size() > MAX_SETS) {
                return null;
            }
        }
        return new Expression.Machine(states.size() + 2, arcs);
    }

    private static List<JsonValue> distinct(List<JsonValue> values) {
        if (values == null) {
            return null;
        }
        List<JsonValue> distinct = new ArrayList<>();
        for (JsonValue value : values) {
            if (distinct.stream().noneMatch(known -> LiteralValues.same(known, value))) {
                distinct.add(value);
            }
        }
        return distinct;
    }

    /** All values of a schema if they are few, else null. */
    private List<JsonValue> values(JsonValue schema, String path) {
        if (!(schema instanceof JsonObject object)) {
            return schema == JsonValue.FALSE ? List.of() : null;
        }
        if (!LiteralValues.present(object)) {
            JsonValue flat = schemas.merger().flatten(object, path);
            if (!(flat instanceof JsonObject merged)) {
                return flat == JsonValue.FALSE ? List.of() : null;
            }
            object = merged;
        }
        if (LiteralValues.present(object)) {
            return LiteralValues.of(object, path).size() > MAX_VALUES
                    ? null
                    : LiteralValues.allowed(object, schemas, path, budget);
        }
        return object.containsKey("anyOf") ? ofBranches(object, path) : ofTypes(object, path);
    }

    private List<JsonValue> ofBranches(JsonObject schema, String path) {
        List<JsonValue> values = new ArrayList<>();
        JsonObject rest = SchemaMerger.without(schema, "anyOf");
        for (JsonValue branch : JsonSource.array(schema, "anyOf", path)) {
            List<JsonValue> some = values(schemas.merger().merge(rest, branch, path), path);
            if (some == null) {
                return null;
            }
            values.addAll(some);
        }
        return values;
    }

    private List<JsonValue> ofTypes(JsonObject schema, String path) {
        List<JsonValue> candidates = new ArrayList<>();
        Set<JsonSchemaCompiler.Type> types = new TreeSet<>(schemas.types(schema, path));
        for (JsonSchemaCompiler.Type type : types) {
            switch (type) {
                case NULL -> candidates.add(JsonValue.NULL);
                case BOOLEAN -> candidates.addAll(List.of(JsonValue.TRUE, JsonValue.FALSE));
                case INTEGER -> {
                    List<JsonNumber> integers = integers(schema, path);
                    if (integers == null) {
                        return null;
                    }
                    candidates.addAll(integers);
                }
                default -> {
                    return null;
                }
            }
        }
        SchemaValidator validator = new SchemaValidator(schemas, budget);
        candidates.removeIf(value -> !validator.allows(schema, value, path));
        return candidates;
    }

    private List<JsonNumber> integers(JsonObject schema, String path) {
        NumberAutomata.Bound low = JsonSchemaCompiler.bound(schema, "minimum", "exclusiveMinimum", 1, path);
        NumberAutomata.Bound high = JsonSchemaCompiler.bound(schema, "maximum", "exclusiveMaximum", -1, path);
        if (low == null
                || high == null
                || high.value().subtract(low.value()).compareTo(BigDecimal.valueOf(MAX_VALUES)) > 0) {
            return null;
        }
        List<JsonNumber> integers = new ArrayList<>();
        BigDecimal value = low.value().setScale(0, java.math.RoundingMode.CEILING);
        for (; value.compareTo(high.value()) <= 0; value = value.add(BigDecimal.ONE)) {
            integers.add(provider.createValue(value.toBigInteger()));
        }
        return integers;
    }
}
