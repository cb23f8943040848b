package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.TextSearch;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What Python does with any value: type names, truth, length, iteration, equality, order, membership. */
public final class Values {
    private Values() {}

    public static boolean isText(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    public static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
    }

    public static boolean isNumber(Object value) {
        return value instanceof Double || isInteger(value);
    }

    public static String typeName(Object value) {
        if (value == null) {
            return "NoneType";
        }
        if (value instanceof String) {
            return "str";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Long || value instanceof BigInteger) {
            return "int";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value instanceof List) {
            return "list";
        }
        return ((TemplateObject) value).typeName();
    }

    static String describe(Object value) {
        if (value == null) {
            return "None";
        }
        return value instanceof TemplateObject object ? object.describe() : typeName(value) + " object";
    }

    public static boolean truth(Object value) {
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        return !(value instanceof TemplateObject object) || object.truth();
    }

    /** Python's {@code len}, or -1 where it would refuse. */
    public static int lengthOrNone(Object value) {
        if (value instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        return value instanceof TemplateObject object ? object.length() : -1;
    }

    public static int length(Object value) {
        int length = lengthOrNone(value);
        if (length < 0) {
            throw TemplateError.type("object of type '" + typeName(value) + "' has no len()");
        }
        return length;
    }

    /** The elements in order, or {@code null} when the value is not iterable. */
    public static Iterator<Object> iterateOrNone(Object value) {
        if (value instanceof List<?> list) {
            @SuppressWarnings("unchecked")
            Iterator<Object> elements = (Iterator<Object>) list.iterator();
            return elements;
        }
        if (Values.isText(value)) {
            return characters(value.toString());
        }
        return value instanceof TemplateObject object ? object.iterator() : null;
    }

    public static Iterator<Object> iterate(Object value) {
        Iterator<Object> elements = iterateOrNone(value);
        if (elements == null) {
            throw TemplateError.type("'" + typeName(value) + "' object is not iterable");
        }
        return elements;
    }

    private static Iterator<Object> characters(String text) {
        int[] at = {0};
        return iterator(() -> at[0] < text.length(), () -> {
            int from = at[0];
            at[0] = text.offsetByCodePoints(from, 1);
            return text.substring(from, at[0]);
        });
    }

    public static Iterator<Object> iterator(BooleanSupplier hasNext, Supplier<Object> next) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return hasNext.getAsBoolean();
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return next.get();
            }
        };
    }

    public static boolean equal(Budget budget, Object a, Object b) {
        budget.step();
        if (a == b) {
            return !(a instanceof Double number && number.isNaN());
        }
        if (a == null || b == null) {
            return false;
        }
        if (isText(a) && isText(b)) {
            budget.steps(Math.min(a.toString().length(), b.toString().length()) >> 6);
            return a.toString().equals(b.toString());
        }
        if (isNumber(a) && isNumber(b)) {
            return Arithmetic.compare(a, b) == Arithmetic.Order.EQUAL;
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return sameElements(budget, x, y);
        }
        if (a instanceof Tuple x && b instanceof Tuple y) {
            return sameElements(budget, x.items, y.items);
        }
        if (a instanceof Dict x && b instanceof Dict y) {
            return x.sameAs(budget, y);
        }
        if (a instanceof Range x && b instanceof Range y) {
            return x.sameAs(y);
        }
        return a instanceof Undefined && b instanceof Undefined;
    }

    private static boolean sameElements(Budget budget, List<?> a, List<?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (a.get(i) != b.get(i) && !equal(budget, a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Is {@code a op b} true, for {@code <}, {@code <=}, {@code >} or {@code >=}? */
    public static boolean ordered(Budget budget, String op, Object a, Object b) {
        budget.step();
        if (a instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.fail();
        }
        Arithmetic.Order order;
        if (isNumber(a) && isNumber(b)) {
            order = Arithmetic.compare(a, b);
        } else if (isText(a) && isText(b)) {
            budget.steps(Math.min(a.toString().length(), b.toString().length()) >> 6);
            order = Arithmetic.Order.of(compareText(a.toString(), b.toString()));
        } else if (a instanceof List<?> x && b instanceof List<?> y) {
            return elementsOrdered(budget, op, x, y);
        } else if (a instanceof Tuple x && b instanceof Tuple y) {
            return elementsOrdered(budget, op, x.items, y.items);
        } else {
            throw TemplateError.type(
                    "'" + op + "' not supported between instances of '" + typeName(a) + "' and '" + typeName(b) + "'");
        }
        return order.satisfies(op);
    }

    private static boolean elementsOrdered(Budget budget, String op, List<?> a, List<?> b) {
        int shared = Math.min(a.size(), b.size());
        for (int i = 0; i < shared; i++) {
            if (a.get(i) != b.get(i) && !equal(budget, a.get(i), b.get(i))) {
                return ordered(budget, op, a.get(i), b.get(i));
            }
        }
        return Arithmetic.Order.of(Integer.compare(a.size(), b.size())).satisfies(op);
    }

    /** By code point, where Java's own order puts characters beyond U+FFFF before U+E000. */
    private static int compareText(String a, String b) {
        int shared = Math.min(a.length(), b.length());
        for (int i = 0; i < shared; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothOrNone = Character.isSurrogate(x) == Character.isSurrogate(y);
                return bothOrNone ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Python's {@code value in container}. */
    public static boolean contains(Render render, Object container, Object value) {
        if (isText(container)) {
            if (value instanceof Undefined undefined) {
                throw TemplateError.type("'in <string>' requires string as left operand, not " + undefined.typeName());
            }
            if (!isText(value)) {
                throw TemplateError.type("'in <string>' requires string as left operand, not " + typeName(value));
            }
            String text = container.toString();
            render.budget.steps(text.length() >> 6);
            return new TextSearch(render.budget, value.toString()).isIn(text);
        }
        if (container instanceof Dict dict) {
            return dict.has(value);
        }
        Iterator<Object> elements = iterateOrNone(container);
        if (elements == null) {
            throw TemplateError.type("argument of type '" + typeName(container) + "' is not iterable");
        }
        while (elements.hasNext()) {
            Object element = elements.next();
            if (element == value || equal(render.budget, element, value)) {
                return true;
            }
        }
        return false;
    }
}
