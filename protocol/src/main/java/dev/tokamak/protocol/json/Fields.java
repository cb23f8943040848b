package dev.tokamak.protocol.json;

import dev.tokamak.protocol.ProtocolException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The fields of a JSON object, read by name with the type and range they have to have. A field that is null counts as absent. All
 * methods throw {@link ProtocolException} with status 400 and the field's path, such as {@code messages[1].content}.
 */
public final class Fields {
    private static final int LONGEST_QUOTE = 40;

    private final Map<?, ?> values;
    private final String path;

    private Fields(Map<?, ?> values, String path) {
        this.values = values;
        this.path = path;
    }

    static Fields root(Map<?, ?> values) {
        return new Fields(values, "");
    }

    /**
     * A field's path.
     *
     * @param name of the field
     * @return such as {@code messages[1].content}
     */
    public String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /**
     * This object's own path.
     *
     * @return empty for the whole body
     */
    public String path() {
        return path;
    }

    /**
     * Whether a field is there and not null.
     *
     * @param name of the field
     * @return true if it has a value
     */
    public boolean has(String name) {
        return values.get(name) != null;
    }

    /**
     * A field of any type.
     *
     * @param name of the field
     * @return its value
     */
    public Optional<Object> any(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * The object itself, in order.
     *
     * @return unmodifiable
     */
    public Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        values.forEach((key, value) -> map.put((String) key, value));
        return Collections.unmodifiableMap(map);
    }

    /**
     * A text.
     *
     * @param name of the field
     * @return its value
     */
    public Optional<String> string(String name) {
        Object value = values.get(name);
        if (value == null || value instanceof String) {
            return Optional.ofNullable((String) value);
        }
        throw wrongType(path(name), "a string", value);
    }

    /**
     * A text that has to be there.
     *
     * @param name of the field
     * @return its value
     */
    public String requiredString(String name) {
        return string(name).orElseThrow(() -> ProtocolException.missing(path(name)));
    }

    /**
     * A truth value.
     *
     * @param name of the field
     * @param fallback where it is absent
     * @return its value
     */
    public boolean bool(String name, boolean fallback) {
        Object value = values.get(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw wrongType(path(name), "true or false", value);
    }

    /**
     * A whole number.
     *
     * @param name of the field
     * @param min the least one that is allowed
     * @param max the largest one that is allowed
     * @return its value
     */
    public OptionalInt integer(String name, int min, int max) {
        Object value = values.get(name);
        return value == null ? OptionalInt.empty() : OptionalInt.of((int) whole(path(name), value, min, max));
    }

    /**
     * A whole number of 64 bits.
     *
     * @param name of the field
     * @return its value
     */
    public OptionalLong longInteger(String name) {
        Object value = values.get(name);
        return value == null
                ? OptionalLong.empty()
                : OptionalLong.of(whole(path(name), value, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    /**
     * A number.
     *
     * @param name of the field
     * @return its value, finite
     */
    public OptionalDouble number(String name) {
        Object value = values.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(number(path(name), value));
    }

    /**
     * A number within bounds.
     *
     * @param name of the field
     * @param min the least one that is allowed
     * @param max the largest one that is allowed
     * @return its value
     */
    public OptionalDouble number(String name, double min, double max) {
        OptionalDouble number = number(name);
        if (number.isPresent() && (number.getAsDouble() < min || number.getAsDouble() > max)) {
            throw ProtocolException.invalidValue(
                    path(name),
                    path(name) + " must be a number from " + plain(min) + " to " + plain(max) + ", got "
                            + describe(values.get(name)));
        }
        return number;
    }

    /**
     * An object.
     *
     * @param name of the field
     * @return its fields
     */
    public Optional<Fields> object(String name) {
        Object value = values.get(name);
        return value == null ? Optional.empty() : Optional.of(object(path(name), value));
    }

    /**
     * A list.
     *
     * @param name of the field
     * @param maxSize how long it may be
     * @return its items, which may be null; none if it is absent
     */
    public List<Object> list(String name, int maxSize) {
        Object value = values.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw wrongType(path(name), "a list", value);
        }
        if (list.size() > maxSize) {
            throw ProtocolException.invalidValue(
                    path(name), path(name) + " has " + list.size() + " items, at most " + maxSize + " are allowed");
        }
        return Collections.unmodifiableList(list);
    }

    /**
     * A list of objects.
     *
     * @param name of the field
     * @param maxSize how long it may be
     * @return the objects' fields; none if it is absent
     */
    public List<Fields> objects(String name, int maxSize) {
        List<Fields> objects = new ArrayList<>();
        for (Object item : list(name, maxSize)) {
            objects.add(object(path(name) + "[" + objects.size() + "]", item));
        }
        return objects;
    }

    /**
     * A list of texts.
     *
     * @param name of the field
     * @param maxSize how long it may be
     * @return the texts; none if it is absent
     */
    public List<String> strings(String name, int maxSize) {
        List<String> strings = new ArrayList<>();
        for (Object item : list(name, maxSize)) {
            if (!(item instanceof String string)) {
                throw wrongType(path(name) + "[" + strings.size() + "]", "a string", item);
            }
            strings.add(string);
        }
        return strings;
    }

    /**
     * A list of whole numbers.
     *
     * @param name of the field
     * @param maxSize how long it may be
     * @param min the least number that is allowed
     * @param max the largest number that is allowed
     * @return the numbers; none if it is absent
     */
    public List<Integer> integers(String name, int maxSize, int min, int max) {
        List<Integer> integers = new ArrayList<>();
        for (Object item : list(name, maxSize)) {
            integers.add((int) whole(path(name) + "[" + integers.size() + "]", item, min, max));
        }
        return integers;
    }

    /**
     * Reads a value as an object.
     *
     * @param path where it is
     * @param value what is there
     * @return its fields
     */
    public static Fields object(String path, Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Fields(map, path);
        }
        throw wrongType(path, "an object", value);
    }

    /**
     * Reads a value as a whole number. {@code 16.0} is one, {@code 1.7} and {@code "1"} are not.
     *
     * @param path where it is
     * @param value what is there
     * @param min the least one that is allowed
     * @param max the largest one that is allowed
     * @return the number
     */
    public static long whole(String path, Object value, long min, long max) {
        long whole;
        if (value instanceof Long number) {
            whole = number;
        } else if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 0x1p53) {
            whole = (long) (double) number;
        } else if (value instanceof BigInteger) {
            throw outOfRange(path, value, min, max);
        } else {
            throw wrongType(path, "an integer", value);
        }
        if (whole < min || whole > max) {
            throw outOfRange(path, value, min, max);
        }
        return whole;
    }

    /**
     * Reads a value as a number.
     *
     * @param path where it is
     * @param value what is there
     * @return the number, finite
     */
    public static double number(String path, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrongType(path, "a number", value);
    }

    private static ProtocolException outOfRange(String path, Object value, long min, long max) {
        String range;
        if (max >= Integer.MAX_VALUE) {
            range = min == Long.MIN_VALUE ? "of at most 64 bits" : "of at least " + min;
            if (max == Integer.MAX_VALUE && value instanceof Number number && number.doubleValue() > max) {
                range = "from " + min + " to " + max;
            }
        } else {
            range = "from " + min + " to " + max;
        }
        return ProtocolException.invalidValue(path, path + " must be an integer " + range + ", got " + describe(value));
    }

    /**
     * An error for a value of the wrong type.
     *
     * @param path where it is
     * @param expected such as {@code a string}
     * @param found what is there
     * @return an error with status 400
     */
    public static ProtocolException wrongType(String path, String expected, Object found) {
        return ProtocolException.invalidType(path, path + " must be " + expected + ", got " + describe(found));
    }

    /**
     * A value in words.
     *
     * @param value any JSON value
     * @return such as {@code the string "abc"}, cut where it is long
     */
    public static String describe(Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof String text) {
            return "the string \"" + printable(text) + "\"";
        }
        if (value instanceof List<?> list) {
            return "a list of " + list.size() + (list.size() == 1 ? " item" : " items");
        }
        return value instanceof Map ? "an object" : value.toString();
    }

    private static String printable(String text) {
        String cut = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
        StringBuilder printable = new StringBuilder(cut.length());
        cut.codePoints().forEach(c -> printable.appendCodePoint(Character.isISOControl(c) ? 0xFFFD : c));
        return printable.toString();
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
