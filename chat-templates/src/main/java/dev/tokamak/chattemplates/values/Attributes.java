package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.text.PythonStrings;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;

/** {@code value.name} and {@code value[key]}, with what jinja2's immutable sandbox keeps away. */
public final class Attributes {
    private static final Object MISSING = TemplateObject.MISSING;

    /** Attributes of every Python object that templates like to try; they exist, but are out of bounds. */
    private static final Set<String> UNSAFE = Set.of(
            "__class__",
            "__delattr__",
            "__dir__",
            "__doc__",
            "__eq__",
            "__format__",
            "__ge__",
            "__getattribute__",
            "__getstate__",
            "__gt__",
            "__hash__",
            "__init__",
            "__init_subclass__",
            "__le__",
            "__lt__",
            "__ne__",
            "__new__",
            "__reduce__",
            "__reduce_ex__",
            "__repr__",
            "__setattr__",
            "__sizeof__",
            "__str__",
            "__subclasshook__");

    private Attributes() {}

    public static Object attribute(Object owner, String name) {
        Object found = pythonAttribute(owner, name);
        if (found == MISSING) {
            found = owner instanceof Dict dict ? dict.get(name) : element(owner, name);
        }
        return found == MISSING ? Undefined.member(owner, name) : found;
    }

    public static Object item(Object owner, Object key) {
        Object found = element(owner, key);
        if (found == MISSING && Values.isText(key)) {
            found = pythonAttribute(owner, key.toString());
        }
        return found == MISSING ? Undefined.member(owner, key) : found;
    }

    /** The attribute as Python's {@code getattr} finds it; undefined where the sandbox forbids it. */
    public static Object pythonAttribute(Object owner, String name) {
        if (owner instanceof Undefined undefined) {
            if (name.startsWith("__") && name.endsWith("__")) {
                return MISSING;
            }
            throw undefined.fail();
        }
        if (name.startsWith("_")) {
            boolean exists =
                    owner instanceof Namespace namespace ? namespace.attribute(name) != MISSING : UNSAFE.contains(name);
            return exists ? Undefined.unsafe(owner, name) : MISSING;
        }
        if (Values.isText(owner)) {
            return PythonStrings.method(owner, name);
        }
        if (owner instanceof List<?> list) {
            return Sequences.listMethod(list, name);
        }
        if (Values.isNumber(owner)) {
            return numberAttribute(owner, name);
        }
        return owner instanceof TemplateObject object ? object.attribute(name) : MISSING;
    }

    private static Object numberAttribute(Object number, String name) {
        boolean real = number instanceof Double;
        return switch (name) {
            case "real" -> real ? number : Arithmetic.integer(Arithmetic.big(number));
            case "imag" -> real ? (Object) 0.0 : (Object) 0L;
            case "numerator" -> real ? MISSING : Arithmetic.integer(Arithmetic.big(number));
            case "denominator" -> real ? MISSING : (Object) 1L;
            case "conjugate" -> Callable.method(name, (render, arguments) -> render.arithmetic.plus(number));
            case "bit_length" ->
                real
                        ? MISSING
                        : Callable.method(name, (render, arguments) ->
                                (long) Arithmetic.big(number).abs().bitLength());
            case "is_integer" ->
                real ? Callable.method(name, (render, arguments) -> Arithmetic.isIntegral((Double) number)) : MISSING;
            default -> MISSING;
        };
    }

    /** {@code owner[key]} where Python has it, else missing. */
    private static Object element(Object owner, Object key) {
        if (owner instanceof Dict dict) {
            boolean hashable = !(key instanceof List || key instanceof Dict);
            return hashable ? dict.get(key) : MISSING;
        }
        if (owner instanceof Undefined undefined) {
            throw undefined.fail();
        }
        int length = owner instanceof List || owner instanceof Tuple || owner instanceof Range || Values.isText(owner)
                ? Values.length(owner)
                : -1;
        if (length < 0 || !Values.isInteger(key)) {
            return MISSING;
        }
        BigInteger wanted = Arithmetic.big(key);
        long index = wanted.bitLength() > 40 ? length : wanted.longValue();
        index = index < 0 ? index + length : index;
        return index < 0 || index >= length ? MISSING : at(owner, (int) index);
    }

    private static Object at(Object owner, int index) {
        if (owner instanceof List<?> list) {
            return list.get(index);
        }
        if (owner instanceof Tuple tuple) {
            return tuple.items.get(index);
        }
        if (owner instanceof Range range) {
            return range.at(index);
        }
        String text = owner.toString();
        int from = text.offsetByCodePoints(0, index);
        String character = text.substring(from, text.offsetByCodePoints(from, 1));
        return owner instanceof Markup ? new Markup(character) : character;
    }
}
