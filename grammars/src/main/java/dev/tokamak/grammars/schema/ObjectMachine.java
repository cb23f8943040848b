package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.JsonExpressions;
import dev.tokamak.grammars.limits.CompileBudget;
import java.util.ArrayList;
import java.util.List;

/**
 * The members of an object in order. A state is how many declared properties were passed and how many members were
 * written, the latter as far as it matters.
 */
final class ObjectMachine {
    /** A maximum that leaves room for more members beside the declared ones is counted for those alone. */
    private static final int MAX_WRITTEN = 256;

    private final JsonExpressions json;
    private final CompileBudget budget;
    private final String path;
    private final int min;
    private final int max;
    private final List<Expression.Arc> arcs = new ArrayList<>();
    private int counted;
    private boolean saturates;

    /** A declared property; required ones may not be skipped. */
    record Property(Expression member, boolean required) {}

    /**
     * @param max how many members there may be; negative is no bound
     */
    ObjectMachine(JsonExpressions json, CompileBudget budget, int min, int max, String path) {
        this.json = json;
        this.budget = budget;
        this.min = min;
        this.max = max;
        this.path = path;
    }

    /** Declared properties, then any number of others. */
    Expression of(List<Property> properties, List<Expression> extras) {
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
        int room = max < 0 || extras.isEmpty() ? -1 : max - properties.size() - 1;
        boolean roomy = room > MAX_WRITTEN;
        boolean limited = max >= 0 && !roomy && (max < properties.size() || !extras.isEmpty());
        counted = limited ? max : Math.max(least, 1);
        saturates = !limited;
        for (int at = 0; at < properties.size(); at++) {
            Property property = properties.get(at);
            for (int count = 0; count <= counted; count++) {
                member(at, count, property.member(), at + 1);
                if (!property.required()) {
                    arc(state(at, count), Expression.EMPTY, state(at + 1, count));
                }
            }
        }
        int end = properties.size();
        for (int count = 0; count <= counted; count++) {
            if (!roomy) {
                for (Expression extra : extras) {
                    member(end, count, extra, end);
                }
            }
            if (count >= least) {
                close(state(end, count), count);
            }
        }
        int states = state(end, counted) + 1;
        arc(0, Expression.sequence(Expression.text("{"), json.space()), state(0, 0));
        return new Expression.Machine(roomy ? roomy(extras, end, least, room, states) : states, arcs);
    }

    /** So many other members that their number is counted rather than written out; the number of states then. */
    private int roomy(List<Expression> extras, int end, int least, int room, int states) {
        Expression extra = new Expression.Choice(extras);
        Expression more = new Expression.Counted(Expression.sequence(json.comma(), extra), 0, room);
        int then = states;
        for (int count = 0; count <= counted; count++) {
            if (count + 1 >= least) {
                Expression first = count == 0 ? extra : Expression.sequence(json.comma(), extra);
                arc(state(end, count), Expression.sequence(first, more), then);
            }
        }
        close(then, 1);
        return states + 1;
    }

    private int state(int passed, int written) {
        return 2 + passed * (counted + 1) + written;
    }

    private void member(int passed, int written, Expression member, int passedThen) {
        if (written == counted && !saturates) {
            return;
        }
        int then = Math.min(counted, written + 1);
        Expression whole = written == 0 ? member : Expression.sequence(json.comma(), member);
        arc(state(passed, written), whole, state(passedThen, then));
    }

    private void close(int from, int written) {
        Expression end = Expression.text("}");
        arc(from, written == 0 ? end : Expression.sequence(json.space(), end), 1);
    }

    private void arc(int from, Expression on, int to) {
        budget.states(1);
        arcs.add(new Expression.Arc(from, on, to));
    }
}
