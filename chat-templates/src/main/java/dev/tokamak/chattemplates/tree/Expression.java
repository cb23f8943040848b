package dev.tokamak.chattemplates.tree;

import dev.tokamak.chattemplates.filters.Filters;
import dev.tokamak.chattemplates.filters.Tests;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.Text;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Attributes;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Slice;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A node that has a value. Nodes are immutable and shared by all renderings.
 *
 * <p>A sealed family of small nodes, and so one file: what a node may be is read in one place.
 */
public abstract class Expression {
    abstract Object evaluate(Scope scope);

    /** What is added to the text or list {@code namespace.attribute}, where that is all that this expression does; else {@code null}. */
    List<Expression> addedTo(String namespace, String attribute) {
        return null;
    }

    public static final class Constant extends Expression {
        public final Object value;

        public Constant(Object value) {
            this.value = value;
        }

        @Override
        Object evaluate(Scope scope) {
            return value;
        }
    }

    public static final class Name extends Expression {
        final String name;

        public Name(String name) {
            this.name = name;
        }

        @Override
        Object evaluate(Scope scope) {
            scope.render.budget.step();
            return scope.get(name);
        }
    }

    public static final class ListLiteral extends Expression {
        private final List<Expression> items;

        public ListLiteral(List<Expression> items) {
            this.items = items;
        }

        @Override
        Object evaluate(Scope scope) {
            return evaluateAll(items, scope);
        }
    }

    public static final class TupleLiteral extends Expression {
        final List<Expression> items;

        public TupleLiteral(List<Expression> items) {
            this.items = items;
        }

        @Override
        Object evaluate(Scope scope) {
            return new Tuple(evaluateAll(items, scope));
        }
    }

    private static List<Object> evaluateAll(List<Expression> items, Scope scope) {
        scope.render.budget.elements(items.size());
        List<Object> values = new ArrayList<>(items.size());
        for (Expression item : items) {
            values.add(item.evaluate(scope));
        }
        return values;
    }

    public static final class DictLiteral extends Expression {
        private final List<Expression> keys;
        private final List<Expression> values;

        public DictLiteral(List<Expression> keys, List<Expression> values) {
            this.keys = keys;
            this.values = values;
        }

        @Override
        Object evaluate(Scope scope) {
            scope.render.budget.elements(keys.size());
            Dict dict = new Dict();
            for (int i = 0; i < keys.size(); i++) {
                dict.put(keys.get(i).evaluate(scope), values.get(i).evaluate(scope));
            }
            return dict;
        }
    }

    /** {@code value if test else otherwise}. */
    public static final class Conditional extends Expression {
        private final Expression test;
        private final Expression value;
        private final Expression otherwise;
        private final int line;

        public Conditional(Expression test, Expression value, Expression otherwise, int line) {
            this.test = test;
            this.value = value;
            this.otherwise = otherwise;
            this.line = line;
        }

        @Override
        Object evaluate(Scope scope) {
            if (Values.truth(test.evaluate(scope))) {
                return value.evaluate(scope);
            }
            return otherwise != null
                    ? otherwise.evaluate(scope)
                    : Undefined.because("the inline if-expression on line " + line
                            + " evaluated to false and no else section was defined.");
        }
    }

    /** {@code and} and {@code or}, which give back one of their operands. */
    public static final class Either extends Expression {
        private final boolean and;
        private final Expression left;
        private final Expression right;

        public Either(boolean and, Expression left, Expression right) {
            this.and = and;
            this.left = left;
            this.right = right;
        }

        @Override
        Object evaluate(Scope scope) {
            Object value = left.evaluate(scope);
            return Values.truth(value) == and ? right.evaluate(scope) : value;
        }
    }

    public static final class Unary extends Expression {
        private final char operator;
        private final Expression operand;

        public Unary(String operator, Expression operand) {
            this.operator = operator.charAt(0);
            this.operand = operand;
        }

        @Override
        Object evaluate(Scope scope) {
            Object value = operand.evaluate(scope);
            return switch (operator) {
                case 'n' -> !Values.truth(value);
                case '-' -> scope.render.arithmetic.negate(value);
                default -> scope.render.arithmetic.plus(value);
            };
        }
    }

    public static final class Binary extends Expression {
        private final String operator;
        private final Expression left;
        private final Expression right;

        public Binary(String operator, Expression left, Expression right) {
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        @Override
        Object evaluate(Scope scope) {
            return scope.render.arithmetic.binary(operator, left.evaluate(scope), right.evaluate(scope));
        }

        @Override
        List<Expression> addedTo(String namespace, String attribute) {
            if (!operator.equals("+")) {
                return null;
            }
            List<Expression> before = left instanceof Attribute read && read.is(namespace, attribute)
                    ? List.of()
                    : left.addedTo(namespace, attribute);
            if (before == null || left instanceof Concat) {
                return null;
            }
            List<Expression> added = new ArrayList<>(before);
            added.add(right);
            return added;
        }
    }

    /** {@code a ~ b ~ c}: all as text. */
    public static final class Concat extends Expression {
        private final List<Expression> parts;

        public Concat(List<Expression> parts) {
            this.parts = parts;
        }

        @Override
        Object evaluate(Scope scope) {
            Text out = new Text(scope.render.budget);
            List<Object> values = evaluateAll(parts, scope);
            for (Object value : values) {
                out.append(scope.render.str(value));
            }
            return out.toString();
        }

        @Override
        List<Expression> addedTo(String namespace, String attribute) {
            return parts.get(0) instanceof Attribute read && read.is(namespace, attribute)
                    ? parts.subList(1, parts.size())
                    : null;
        }
    }

    /** A chain of comparisons: {@code a < b <= c} holds when each neighbouring pair does. */
    public static final class Compare extends Expression {
        /** How the operators that are not about order are told apart, without comparing texts at each evaluation. */
        private enum Kind {
            SAME,
            OTHER,
            IN,
            NOT_IN,
            ORDER;

            static Kind of(String operator) {
                return switch (operator) {
                    case "==" -> SAME;
                    case "!=" -> OTHER;
                    case "in" -> IN;
                    case "not in" -> NOT_IN;
                    default -> ORDER;
                };
            }
        }

        private final Expression first;
        private final List<String> operators;
        private final Kind[] kinds;
        private final Expression[] others;

        public Compare(Expression first, List<String> operators, List<Expression> others) {
            this.first = first;
            this.operators = operators;
            this.kinds = operators.stream().map(Kind::of).toArray(Kind[]::new);
            this.others = others.toArray(Expression[]::new);
        }

        @Override
        Object evaluate(Scope scope) {
            Object left = first.evaluate(scope);
            for (int i = 0; i < others.length; i++) {
                Object right = others[i].evaluate(scope);
                if (!holds(i, left, right, scope.render)) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        private boolean holds(int i, Object left, Object right, Render render) {
            return switch (kinds[i]) {
                case SAME -> render.equal(left, right);
                case OTHER -> !render.equal(left, right);
                case IN -> Values.contains(render, right, left);
                case NOT_IN -> !Values.contains(render, right, left);
                case ORDER -> Values.ordered(render.budget, operators.get(i), left, right);
            };
        }
    }

    /** {@code owner.name}: a method or other attribute first, then an element of that name. */
    public static final class Attribute extends Expression {
        private final Expression owner;
        private final String name;
        private final boolean elementOfDict;

        public Attribute(Expression owner, String name) {
            this.owner = owner;
            this.name = name;
            this.elementOfDict = Dict.isElementName(name);
        }

        @Override
        Object evaluate(Scope scope) {
            scope.render.budget.step();
            Object value = owner.evaluate(scope);
            if (elementOfDict && value instanceof Dict dict) {
                Object found = dict.get(name);
                return found == TemplateObject.MISSING ? Undefined.member(value, name) : found;
            }
            return Attributes.attribute(value, name);
        }

        boolean is(String namespace, String attribute) {
            return owner instanceof Name variable && variable.name.equals(namespace) && name.equals(attribute);
        }
    }

    /** {@code owner[key]}: an element first, then an attribute of that name. */
    public static final class Item extends Expression {
        private final Expression owner;
        private final Expression key;

        public Item(Expression owner, Expression key) {
            this.owner = owner;
            this.key = key;
        }

        @Override
        Object evaluate(Scope scope) {
            scope.render.budget.step();
            Object value = owner.evaluate(scope);
            if (value instanceof Dict dict) {
                Object wanted = key.evaluate(scope);
                Object found = wanted instanceof String name ? dict.get(name) : TemplateObject.MISSING;
                return found == TemplateObject.MISSING ? Attributes.item(value, wanted) : found;
            }
            // Characters are counted from the start.
            scope.render.budget.steps(Values.isText(value) ? value.toString().length() >> 6 : 0);
            return Attributes.item(value, key.evaluate(scope));
        }
    }

    /** {@code owner[start:stop:step]}; absent parts are {@code null}. */
    public static final class Sliced extends Expression {
        private final Expression owner;
        private final Expression start;
        private final Expression stop;
        private final Expression step;

        public Sliced(Expression owner, Expression start, Expression stop, Expression step) {
            this.owner = owner;
            this.start = start;
            this.stop = stop;
            this.step = step;
        }

        @Override
        Object evaluate(Scope scope) {
            Object value = owner.evaluate(scope);
            Slice slice = new Slice(part(start, scope), part(stop, scope), part(step, scope));
            return slice.of(scope.render, value);
        }

        private static Object part(Expression part, Scope scope) {
            return part == null ? null : part.evaluate(scope);
        }
    }

    /** The arguments of a call as written: {@code (a, b, name=c, *d, **e)}. */
    public record ArgumentList(
            List<Expression> positional, Map<String, Expression> named, Expression more, Expression moreNamed) {
        public static final ArgumentList EMPTY = new ArgumentList(List.of(), Map.of(), null, null);

        Arguments evaluate(Scope scope) {
            if (this == EMPTY) {
                return Arguments.NONE;
            }
            List<Object> values = evaluateAll(positional, scope);
            Map<String, Object> namedValues = new LinkedHashMap<>();
            named.forEach((name, value) -> namedValues.put(name, value.evaluate(scope)));
            if (more != null) {
                Values.iterate(more.evaluate(scope)).forEachRemaining(value -> {
                    scope.render.budget.elements(1);
                    values.add(value);
                });
            }
            if (moreNamed != null) {
                addNamed(moreNamed.evaluate(scope), namedValues);
            }
            return new Arguments(values, namedValues);
        }

        private static void addNamed(Object mapping, Map<String, Object> into) {
            if (!(mapping instanceof Dict dict)) {
                throw TemplateError.type("argument after ** must be a mapping, not " + Values.typeName(mapping));
            }
            dict.keys().forEachRemaining(key -> {
                if (!Values.isText(key)) {
                    throw TemplateError.type("keywords must be strings");
                }
                if (into.containsKey(key.toString())) {
                    throw TemplateError.type("got multiple values for keyword argument '" + key + "'");
                }
                into.put(key.toString(), dict.get(key));
            });
        }
    }

    public static final class Call extends Expression {
        private final Expression callee;
        private final ArgumentList arguments;

        public Call(Expression callee, ArgumentList arguments) {
            this.callee = callee;
            this.arguments = arguments;
        }

        @Override
        Object evaluate(Scope scope) {
            Object function = callee.evaluate(scope);
            return scope.render.call(function, arguments.evaluate(scope));
        }

        /** The call of a call block, which passes its body as {@code caller}. */
        Object evaluateWith(Scope scope, Object caller) {
            Object function = callee.evaluate(scope);
            Arguments given = arguments.evaluate(scope);
            Map<String, Object> named = new LinkedHashMap<>(given.named);
            named.put("caller", caller);
            return scope.render.call(function, new Arguments(given.positional, named));
        }
    }

    /** {@code input | name(arguments)}. */
    public static final class Filter extends Expression {
        private final Expression input;
        private final String name;
        private final ArgumentList arguments;

        public Filter(Expression input, String name, ArgumentList arguments) {
            this.input = input;
            this.name = name;
            this.arguments = arguments;
        }

        @Override
        Object evaluate(Scope scope) {
            return apply(scope, input.evaluate(scope));
        }

        private Object apply(Scope scope, Object value) {
            scope.render.budget.step();
            return Filters.named(name, " found").apply(scope.render, value, arguments.evaluate(scope));
        }

        /** Applies a chain of filters that begins with the text of a block. */
        Object evaluateOn(Scope scope, Object text) {
            Object value = input == null ? text : ((Filter) input).evaluateOn(scope, text);
            return apply(scope, value);
        }
    }

    /** {@code value is name(arguments)}. */
    public static final class Test extends Expression {
        private final Expression value;
        private final String name;
        private final ArgumentList arguments;

        public Test(Expression value, String name, ArgumentList arguments) {
            this.value = value;
            this.name = name;
            this.arguments = arguments;
        }

        @Override
        Object evaluate(Scope scope) {
            scope.render.budget.step();
            Object tested = value.evaluate(scope);
            return Tests.named(name, " found").test(scope.render, tested, arguments.evaluate(scope));
        }
    }
}
