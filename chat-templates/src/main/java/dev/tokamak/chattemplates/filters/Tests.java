package dev.tokamak.chattemplates.filters;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PythonStrings;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Callable;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Markup;
import dev.tokamak.chattemplates.values.Range;
import dev.tokamak.chattemplates.values.Signature;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.util.HashMap;
import java.util.Map;

/** What may stand after {@code is}. */
public final class Tests {
    /** Answers a question about a value. */
    @FunctionalInterface
    public interface Test {
        boolean test(Render render, Object value, Arguments arguments);
    }

    @FunctionalInterface
    private interface Alone {
        boolean test(Object value);
    }

    @FunctionalInterface
    private interface Compared {
        boolean test(Render render, Object value, Object other);
    }

    private static final Map<String, Test> BY_NAME = new HashMap<>();

    private Tests() {}

    public static boolean exists(String name) {
        return BY_NAME.containsKey(name);
    }

    /** {@code found} is how jinja2 ends its message when a template runs into the unknown name. */
    public static Test named(String name, String found) {
        Test test = BY_NAME.get(name);
        if (test == null) {
            throw new TemplateError(
                    TemplateError.Kind.RUNTIME, "No test named " + PythonText.quote(name) + found + ".");
        }
        return test;
    }

    private static void alone(String name, Alone test) {
        Signature none = new Signature(name, "");
        BY_NAME.put(name, (render, value, arguments) -> {
            none.bind(arguments);
            return test.test(value);
        });
    }

    private static void compared(Compared test, String... names) {
        for (String name : names) {
            Signature other = new Signature(name, "other");
            BY_NAME.put(
                    name,
                    (render, value, arguments) ->
                            test.test(render, value, other.bind(arguments).get(0)));
        }
    }

    static {
        alone("defined", value -> !(value instanceof Undefined));
        alone("undefined", value -> value instanceof Undefined);
        alone("none", value -> value == null);
        alone("boolean", value -> value instanceof Boolean);
        alone("true", value -> Boolean.TRUE.equals(value));
        alone("false", value -> Boolean.FALSE.equals(value));
        alone("integer", value -> Values.isInteger(value) && !(value instanceof Boolean));
        alone("float", value -> value instanceof Double);
        alone("number", Values::isNumber);
        alone("string", Values::isText);
        alone("mapping", value -> value instanceof Dict);
        alone("sequence", Tests::isSequence);
        alone("iterable", value -> Values.iterateOrNone(value) != null);
        alone("callable", value -> value instanceof Callable || value instanceof Undefined);
        alone("escaped", value -> value instanceof Markup);
        alone("lower", value -> caseOf(value, false));
        alone("upper", value -> caseOf(value, true));
        alone("filter", value -> Values.isText(value) && Filters.exists(value.toString()));
        alone("test", value -> Values.isText(value) && exists(value.toString()));
        BY_NAME.put("odd", (render, value, arguments) -> remainder(render, value, 2L, 1L));
        BY_NAME.put("even", (render, value, arguments) -> remainder(render, value, 2L, 0L));
        compared((render, value, other) -> remainder(render, value, other, 0L), "divisibleby");
        compared((render, value, other) -> isSame(value, other), "sameas");
        compared((render, value, other) -> Values.contains(render, other, value), "in");
        compared(Render::equal, "==", "eq", "equalto");
        compared((render, value, other) -> !render.equal(value, other), "!=", "ne");
        ordered("<", "lt", "lessthan");
        ordered("<=", "le");
        ordered(">", "gt", "greaterthan");
        ordered(">=", "ge");
    }

    private static void ordered(String operator, String... names) {
        Compared test = (render, value, other) -> Values.ordered(render.budget, operator, value, other);
        compared(test, operator);
        compared(test, names);
    }

    private static boolean remainder(Render render, Object value, Object divisor, long expected) {
        return render.equal(render.arithmetic.binary("%", value, divisor), expected);
    }

    private static boolean caseOf(Object value, boolean upper) {
        return PythonStrings.isAllCase(PythonText.str(new Budget(Limits.DEFAULT), value), upper);
    }

    private static boolean isSequence(Object value) {
        boolean indexed = value instanceof java.util.List
                || value instanceof Tuple
                || value instanceof Range
                || value instanceof Dict
                || value instanceof Undefined
                || Values.isText(value);
        return indexed;
    }

    /** Small numbers and texts are shared objects in Python, so equality is what templates see. */
    private static boolean isSame(Object a, Object b) {
        if (a == null || b == null || a instanceof Boolean || b instanceof Boolean) {
            return a == b || a != null && a.equals(b);
        }
        boolean plain = a instanceof Long || a instanceof String;
        return a == b || plain && a.equals(b);
    }
}
