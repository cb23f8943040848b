package dev.tokamak.grammars;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Arrays: a chain of states, one for each element that is counted, with a loop at its end where there is no maximum.
 */
final class ArrayExpressions {
    private final JsonSchemaCompiler schemas;
    private final JsonExpressions json;
    private final CompileBudget budget;
    private final List<Expression.Arc> arcs = new ArrayList<>();

    ArrayExpressions(JsonSchemaCompiler schemas, JsonExpressions json, CompileBudget budget) {
        this.schemas = schemas;
        this.json = json;
        this.budget = budget;
    }

    Expression array(JsonObject schema, String path) {
        JsonArray prefix = JsonSource.array(schema, "prefixItems", path);
        int min = JsonSource.count(schema, "minItems", 0, path);
        int max = JsonSource.count(schema, "maxItems", -1, path);
        boolean open = !schema.containsKey("items") && (prefix.isEmpty() || min > prefix.size());
        JsonValue rest = schema.getOrDefault("items", open ? JsonValue.TRUE : JsonValue.FALSE);
        if (rest == JsonValue.FALSE) {
            max = max < 0 ? prefix.size() : Math.min(max, prefix.size());
        }
        if (max >= 0 && min > max) {
            return Expression.NOTHING;
        }
        List<Expression> elements = new ArrayList<>();
        for (int i = 0; i < prefix.size(); i++) {
            elements.add(schemas.value(prefix.get(i), path + "/prefixItems/" + i));
        }
        Expression more = schemas.value(rest, path + "/items");
        int counted = max >= 0 ? max : Math.max(Math.max(min, prefix.size()), 1);
        arc(0, Expression.sequence(Expression.text("["), json.space()), state(0));
        for (int count = 0; count <= counted; count++) {
            if (count >= min) {
                Expression end = Expression.text("]");
                arc(state(count), count == 0 ? end : Expression.sequence(json.space(), end), 1);
            }
            if (count < counted) {
                Expression element = count < elements.size() ? elements.get(count) : more;
                arc(state(count), count == 0 ? element : Expression.sequence(json.comma(), element), state(count + 1));
            }
        }
        if (max < 0) {
            arc(state(counted), Expression.sequence(json.comma(), more), state(counted));
        }
        return new Expression.Machine(counted + 3, arcs);
    }

    private static int state(int count) {
        return count + 2;
    }

    private void arc(int from, Expression on, int to) {
        budget.states(1);
        arcs.add(new Expression.Arc(from, on, to));
    }
}
