package dev.tokamak.chattemplates;

import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Arithmetic;
import dev.tokamak.chattemplates.values.Dict;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The caller's values as template values: copied, so that a template never holds an object of the caller's. */
final class Inputs {
    private static final int LONGEST_SHARED = 24;

    private long elements;
    private long chars;

    /**
     * One copy of each short text. Keys, roles and names come again in every message, and templates that look through all messages for
     * each message are as fast as memory is.
     */
    private final Map<String, String> shared = new HashMap<>();

    /** How many entries of maps and lists were copied. */
    long elements() {
        return elements;
    }

    /** How long all texts are together. */
    long chars() {
        return chars;
    }

    Object convert(Object value, String path) {
        elements++;
        chars += value instanceof String text ? text.length() : 0;
        if (value instanceof String text) {
            return text.length() > LONGEST_SHARED ? text : shared.computeIfAbsent(text, Function.identity());
        }
        if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            Dict dict = new Dict();
            map.forEach((key, item) -> dict.put(convert(key, path), convert(item, path)));
            return dict;
        }
        if (value instanceof List<?> items) {
            List<Object> list = new ArrayList<>(items.size());
            for (Object item : items) {
                list.add(convert(item, path));
            }
            return list;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigInteger number) {
            return Arithmetic.integer(number);
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        throw TemplateError.type(
                "variable '" + path + "' has a value of " + value.getClass().getName()
                        + ", and a template takes maps, lists, strings, numbers, booleans and null");
    }
}
