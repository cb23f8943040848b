package dev.tokamak.tck;

import java.util.Iterator;
import java.util.Map;

/** Plain values as JSON, with non-ASCII characters as they are and Python's spacing, as chat templates write it. */
final class JsonTexts {
    private JsonTexts() {}

    static String write(Object value) {
        StringBuilder json = new StringBuilder();
        write(value, json);
        return json.toString();
    }

    private static void write(Object value, StringBuilder to) {
        if (value instanceof Map<?, ?> map) {
            to.append('{');
            String separator = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                to.append(separator);
                write(entry.getKey(), to);
                to.append(": ");
                write(entry.getValue(), to);
                separator = ", ";
            }
            to.append('}');
        } else if (value instanceof Iterable<?> items) {
            to.append('[');
            for (Iterator<?> i = items.iterator(); i.hasNext(); ) {
                write(i.next(), to);
                to.append(i.hasNext() ? ", " : "");
            }
            to.append(']');
        } else if (value instanceof CharSequence text) {
            writeString(text, to);
        } else {
            to.append(value);
        }
    }

    private static void writeString(CharSequence text, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (c == '\n') {
                to.append("\\n");
            } else if (c == '\t') {
                to.append("\\t");
            } else if (c < ' ') {
                to.append(String.format("\\u%04x", (int) c));
            } else {
                to.append(c);
            }
        }
        to.append('"');
    }
}
