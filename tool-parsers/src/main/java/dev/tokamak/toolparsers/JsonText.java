package dev.tokamak.toolparsers;

import java.util.Iterator;
import java.util.Map;

/** JSON's way of writing strings and values, both ways. */
final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    /** Appends a character as it stands within a JSON string. */
    static void escape(char c, StringBuilder to) {
        switch (c) {
            case '"' -> to.append("\\\"");
            case '\\' -> to.append("\\\\");
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            case '\b' -> to.append("\\b");
            case '\f' -> to.append("\\f");
            default -> {
                if (c < ' ') {
                    to.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                } else {
                    to.append(c);
                }
            }
        }
    }

    /** Text as a JSON string, with its quotes. */
    static String quote(CharSequence text) {
        StringBuilder json = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            escape(text.charAt(i), json);
        }
        return json.append('"').toString();
    }

    /**
     * The text of a JSON string.
     *
     * @param json a valid JSON string with its quotes
     */
    static String unquote(CharSequence json) {
        StringBuilder text = new StringBuilder(json.length());
        int end = json.length() - 1;
        for (int i = 1; i < end; i++) {
            char c = json.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = json.charAt(++i);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'u' -> {
                    text.append((char)
                            Integer.parseInt(json.subSequence(i + 1, i + 5).toString(), 16));
                    i += 4;
                }
                default -> text.append(escaped);
            }
        }
        return text.toString();
    }

    /** A value of maps, lists, strings, numbers, booleans and null as JSON. */
    static void write(Object value, StringBuilder to) {
        if (value instanceof Map<?, ?> map) {
            writeAll(map.entrySet().iterator(), '{', '}', to);
        } else if (value instanceof Iterable<?> items) {
            writeAll(items.iterator(), '[', ']', to);
        } else if (value instanceof Map.Entry<?, ?> entry) {
            to.append(quote(entry.getKey().toString())).append(": ");
            write(entry.getValue(), to);
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            to.append(value);
        } else {
            to.append(quote(value.toString()));
        }
    }

    private static void writeAll(Iterator<?> items, char open, char close, StringBuilder to) {
        to.append(open);
        while (items.hasNext()) {
            write(items.next(), to);
            to.append(items.hasNext() ? ", " : "");
        }
        to.append(close);
    }
}
