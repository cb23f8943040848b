package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** Sorting as Python does it: stable, by {@code <} alone, and failing on what has no order. */
public final class Ordering {
    private Ordering() {}

    public static Comparator<Object> natural(Budget budget) {
        return (a, b) -> Values.ordered(budget, "<", a, b) ? -1 : Values.ordered(budget, "<", b, a) ? 1 : 0;
    }

    public static List<Object> sorted(Render render, List<Object> values, UnaryOperator<Object> key, boolean reverse) {
        record Keyed(Object key, Object value) {}
        render.budget.elements(2L * values.size());
        List<Keyed> keyed = new ArrayList<>(values.size());
        for (Object value : values) {
            keyed.add(new Keyed(key.apply(value), value));
        }
        Comparator<Object> order = natural(render.budget);
        // Reversed, equal elements still keep their order.
        Comparator<Keyed> byKey =
                reverse ? (a, b) -> order.compare(b.key, a.key) : (a, b) -> order.compare(a.key, b.key);
        try {
            keyed.sort(byKey);
        } catch (IllegalArgumentException e) {
            throw TemplateError.value("the values have no consistent order (is there a nan among them?)");
        }
        List<Object> sorted = new ArrayList<>(values.size());
        keyed.forEach(pair -> sorted.add(pair.value));
        return sorted;
    }

    /** The first smallest or largest; {@code values} is not empty. */
    public static Object extreme(Render render, List<Object> values, UnaryOperator<Object> key, boolean largest) {
        Object best = values.get(0);
        Object bestKey = key.apply(best);
        for (Object value : values.subList(1, values.size())) {
            Object valueKey = key.apply(value);
            if (Values.ordered(render.budget, largest ? ">" : "<", valueKey, bestKey)) {
                best = value;
                bestKey = valueKey;
            }
        }
        return best;
    }
}
