package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Ordering;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Values;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Values as Python's {@code json.dumps} writes them. */
public final class JsonText {
    private final Text out;
    private final boolean asciiOnly;
    private final String indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final boolean sortKeys;

    /** {@code indent} is what one level adds, {@code null} for all in one line. */
    public JsonText(
            Budget budget,
            boolean asciiOnly,
            String indent,
            String itemSeparator,
            String keySeparator,
            boolean sortKeys) {
        this.out = new Text(budget);
        this.asciiOnly = asciiOnly;
        this.indent = indent;
        this.itemSeparator = itemSeparator;
        this.keySeparator = keySeparator;
        this.sortKeys = sortKeys;
    }

    public String of(Object value) {
        write(value, 0);
        return out.toString();
    }

    private void write(Object value, int level) {
        if (Values.isText(value)) {
            string(value.toString());
        } else if (value instanceof List<?> list) {
            array(list, level);
        } else if (value instanceof Tuple tuple) {
            array(tuple.items, level);
        } else if (value instanceof Dict dict) {
            object(dict, level);
        } else {
            String scalar = scalar(value);
            if (scalar == null) {
                throw TemplateError.type("Object of type " + Values.typeName(value) + " is not JSON serializable");
            }
            out.append(scalar);
        }
    }

    /** A number, a boolean or None; {@code null} for anything else. */
    private static String scalar(Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Boolean || value instanceof Long) {
            return value.toString();
        }
        if (value instanceof BigInteger number) {
            return PythonText.integer(number);
        }
        if (value instanceof Double number) {
            if (Double.isNaN(number)) {
                return "NaN";
            }
            return Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : FloatText.repr(number);
        }
        return null;
    }

    private void array(List<?> items, int level) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : itemSeparator);
            newLine(level + 1);
            write(items.get(i), level + 1);
        }
        newLine(level);
        out.append(']');
    }

    private void object(Dict dict, int level) {
        if (dict.length() == 0) {
            out.append("{}");
            return;
        }
        out.append('{');
        String separator = "";
        for (Iterator<Object> keys = keys(dict); keys.hasNext(); ) {
            Object key = keys.next();
            out.append(separator);
            newLine(level + 1);
            key(key);
            out.append(keySeparator);
            write(dict.get(key), level + 1);
            separator = itemSeparator;
        }
        newLine(level);
        out.append('}');
    }

    private Iterator<Object> keys(Dict dict) {
        if (!sortKeys) {
            return dict.keys();
        }
        List<Object> keys = new ArrayList<>();
        dict.keys().forEachRemaining(keys::add);
        keys.sort(Ordering.natural(out.budget));
        return keys.iterator();
    }

    private void key(Object key) {
        if (Values.isText(key)) {
            string(key.toString());
            return;
        }
        String scalar = scalar(key);
        if (scalar == null) {
            throw TemplateError.type("keys must be str, int, float, bool or None, not " + Values.typeName(key));
        }
        string(scalar);
    }

    private void newLine(int level) {
        if (indent != null) {
            out.append('\n').pad(indent.isEmpty() ? "" : indent, level);
        }
    }

    private void string(String text) {
        out.append('"');
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !(asciiOnly && c > '~')) {
                continue;
            }
            out.append(text, plain, i);
            plain = i + 1;
            escape(c);
        }
        out.append(text, plain, text.length()).append('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\f' -> out.append("\\f");
            case '\b' -> out.append("\\b");
            default -> out.append("\\u").append(Integer.toHexString(0x10000 | c).substring(1));
        }
    }
}
