package org.example.toolparser;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Writes plain values as JSON. */
final class Json {
    private Json() {}

    static String write(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> write(entry.getKey()) + ": " + write(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof Iterable<?> items) {
            return StreamSupport.stream(items.spliterator(), false)
                    .map(Json::write)
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof CharSequence text) {
            return text.chars()
                    .mapToObj(c -> c == '"' || c == '\\' ? "\\" + (char) c : c < ' ' ? escape(c) : "" + (char) c)
                    .collect(Collectors.joining("", "\"", "\""));
        }
        return String.valueOf(value);
    }

    private static String escape(int c) {
        return String.format("\\u%04x", c);
    }
}
