package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.JsonExpressions;
import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Arrays: a chain of states, one for each element that is counted, with a loop at its end where there is no maximum.
 * With {@code contains}, a state also is how many elements it has found.
 */
final class ArrayExpressions {
    /** Longer chains are counted rather than written out. */
    private static final int MAX_WRITTEN = 256;

    private static final int MAX_CONTAINS = 3;

    private final JsonSchemaCompiler schemas;
    private final JsonExpressions json;
    private final CompileBudget budget;
    private final List<Expression.Arc> arcs = new ArrayList<>();
    private final Map<String, Integer> states = new HashMap<>();
    private int nextState = 2;

    ArrayExpressions(JsonSchemaCompiler schemas, JsonExpressions json, CompileBudget budget) {
        this.schemas = schemas;
        this.json = json;
        this.budget = budget;
    }

    /** What {@code contains} asks for; {@code max} is negative where there is no bound. */
    private record Contained(JsonValue schema, int min, int max) {
        /** The count from which it does not matter how many more there are. */
        int most() {
            return max >= 0 ? max : min;
        }
    }

    Expression array(JsonObject schema, String path) {
        JsonArray prefix = JsonSource.array(schema, "prefixItems", path);
        int min = JsonSource.count(schema, "minItems", 0, path);
        int max = JsonSource.most(schema, "maxItems", path);
        List<Contained> contained = contained(schema, path);
        boolean needsMore = min > prefix.size() || !contained.isEmpty();
        boolean open = !schema.containsKey("items") && (prefix.isEmpty() || needsMore);
        JsonValue rest = schema.getOrDefault("items", open ? JsonValue.TRUE : JsonValue.FALSE);
        if (rest == JsonValue.FALSE) {
            max = max < 0 ? prefix.size() : Math.min(max, prefix.size());
        }
        if (max >= 0 && min > max) {
            return Expression.NOTHING;
        }
        if (JsonSource.flag(schema, "uniqueItems", path) && (max < 0 || max > 1)) {
            Expression unique = contained.isEmpty()
                    ? new UniqueArrays(schemas, json, budget).array(prefix, rest, min, max, path)
                    : null;
            if (unique != null) {
                return unique;
            }
            if (budget.strict()) {
                throw CompileBudget.refuse("The schema keyword 'uniqueItems' at '" + path
                        + "' is not supported, but for items of few values and items that exclude each other");
            }
        }
        arc(0, Expression.sequence(Expression.text("["), json.space()), state(0, new int[contained.size()]));
        if (contained.isEmpty()) {
            chain(prefix, rest, min, max, path);
        } else {
            containing(prefix, rest, min, max, contained, path);
        }
        return new Expression.Machine(nextState, arcs);
    }

    private List<Contained> contained(JsonObject schema, String path) {
        List<Contained> contained = new ArrayList<>();
        for (JsonValue value : JsonSource.array(schema, SchemaDialect.CONTAINS, path)) {
            JsonObject one = value.asJsonObject();
            int min = JsonSource.count(one, "minContains", 1, path);
            int max = JsonSource.count(one, "maxContains", -1, path);
            if (min > 0 || max >= 0) {
                contained.add(new Contained(one.get("contains"), min, max));
            }
        }
        if (contained.size() > MAX_CONTAINS) {
            throw CompileBudget.refuse(
                    "'contains' at '" + path + "' is supported " + MAX_CONTAINS + " times for one array");
        }
        return contained;
    }

    private void chain(JsonArray prefix, JsonValue rest, int min, int max, String path) {
        int[] none = {};
        Expression more = element(rest, path + "/items");
        int counted = max >= 0 ? max : Math.max(Math.max(min, prefix.size()), 1);
        int written = counted <= MAX_WRITTEN ? counted : Math.max(1, Math.min(counted, prefix.size()));
        for (int count = 0; count <= written; count++) {
            close(state(count, none), count, min);
            if (count < written) {
                Expression element =
                        count < prefix.size() ? element(prefix.get(count), path + "/prefixItems/" + count) : more;
                arc(state(count, none), behind(count, element), state(count + 1, none));
            }
        }
        int from = state(written, none);
        if (written < counted) {
            int then = nextState++;
            int left = Math.max(0, min - written);
            Expression body = behind(1, more);
            arc(from, new Expression.Counted(body, left, max < 0 ? left : max - written), then);
            close(then, counted, min);
            from = then;
        }
        if (max < 0) {
            arc(from, behind(1, more), from);
        }
    }

    private void containing(
            JsonArray prefix, JsonValue rest, int min, int max, List<Contained> contained, String path) {
        int counted = max >= 0 ? max : Math.max(Math.max(min, prefix.size()), 1);
        List<int[]> reached = new ArrayList<>(List.of(new int[contained.size()]));
        for (int count = 0; count <= counted; count++) {
            Map<String, int[]> next = new HashMap<>();
            JsonValue schema = count < prefix.size() ? prefix.get(count) : rest;
            for (int i = 0; i < reached.size(); i++) {
                int[] found = reached.get(i);
                int from = state(count, found);
                if (enough(found, contained)) {
                    close(from, count, min);
                }
                int then = Math.min(count + 1, counted);
                if (count < counted || max < 0) {
                    for (int matched = 0; matched < 1 << contained.size(); matched++) {
                        int[] after = after(found, matched, contained);
                        if (after != null) {
                            boolean fresh = !states.containsKey(then + Arrays.toString(after));
                            Expression element = matching(schema, matched, contained, path);
                            arc(from, behind(count, element), state(then, after));
                            next.put(Arrays.toString(after), after);
                            if (then == count && fresh) {
                                reached.add(after);
                            }
                        }
                    }
                }
            }
            reached = new ArrayList<>(next.values());
        }
    }

    private static boolean enough(int[] found, List<Contained> contained) {
        for (int i = 0; i < found.length; i++) {
            if (found[i] < contained.get(i).min()) {
                return false;
            }
        }
        return true;
    }

    /** How many are found after an element that matches some of what is contained; null if that is too many. */
    private static int[] after(int[] found, int matched, List<Contained> contained) {
        int[] after = found.clone();
        for (int i = 0; i < found.length; i++) {
            if ((matched >> i & 1) != 0) {
                if (found[i] == contained.get(i).most() && contained.get(i).max() >= 0) {
                    return null;
                }
                after[i] = Math.min(found[i] + 1, contained.get(i).most());
            }
        }
        return after;
    }

    /** An element that matches those; where no maximum is to be kept, it may match others too. */
    private Expression matching(JsonValue schema, int matched, List<Contained> contained, String path) {
        JsonValue element = schema;
        for (int i = 0; i < contained.size(); i++) {
            Contained one = contained.get(i);
            if ((matched >> i & 1) != 0) {
                element = schemas.merger().merge(element, one.schema(), path + "/contains");
            } else if (one.max() >= 0) {
                element = schemas.merger().merge(element, schemas.not(one.schema()), path + "/contains");
            }
        }
        return element(element, path + "/contains");
    }

    private Expression element(JsonValue schema, String path) {
        return schemas.value(schema, path);
    }

    private Expression behind(int count, Expression element) {
        return count == 0 ? element : Expression.sequence(json.comma(), element);
    }

    private void close(int from, int count, int min) {
        if (count >= min) {
            Expression end = Expression.text("]");
            arc(from, count == 0 ? end : Expression.sequence(json.space(), end), 1);
        }
    }

    private int state(int count, int[] found) {
        return states.computeIfAbsent(count + Arrays.toString(found), key -> nextState++);
    }

    private void arc(int from, Expression on, int to) {
        budget.states(1);
        arcs.add(new Expression.Arc(from, on, to));
    }
}
