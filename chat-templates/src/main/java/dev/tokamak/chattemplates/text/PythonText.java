package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Markup;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.math.BigInteger;
import java.util.List;

/** Values as Python prints them: {@code str} and {@code repr}. */
public final class PythonText {
    private static final String HEX = "0123456789abcdef";

    private PythonText() {}

    public static String str(Budget budget, Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Markup markup) {
            return markup.toString();
        }
        if (value instanceof Undefined) {
            return "";
        }
        return repr(budget, value);
    }

    public static String repr(Budget budget, Object value) {
        if (value instanceof Long number) {
            return number.toString();
        }
        Text out = new Text(budget);
        repr(value, out);
        return out.toString();
    }

    public static void repr(Object value, Text out) {
        if (value == null) {
            out.append("None");
        } else if (value instanceof String text) {
            out.append(quote(text));
        } else if (value instanceof Boolean flag) {
            out.append(flag ? "True" : "False");
        } else if (value instanceof Double number) {
            out.append(FloatText.repr(number));
        } else if (value instanceof BigInteger number) {
            out.append(integer(number));
        } else if (value instanceof List<?> list) {
            out.append('[');
            reprAll(list, out);
            out.append(']');
        } else if (value instanceof TemplateObject object) {
            object.repr(out);
        } else {
            out.append(value.toString());
        }
    }

    public static void reprAll(List<?> items, Text out) {
        String separator = "";
        for (Object item : items) {
            out.append(separator);
            repr(item, out);
            separator = ", ";
        }
    }

    /** For error messages: never longer than a line. */
    public static String shortRepr(Object value) {
        if (value instanceof List || value instanceof TemplateObject) {
            return "a " + Values.typeName(value);
        }
        return repr(new Budget(Limits.DEFAULT), value);
    }

    static String integer(BigInteger number) {
        // 10^4300 has 14,285 bits; only what is near needs the expensive digits.
        if (number.bitLength() > 14_290) {
            throw TemplateError.value(
                    "Exceeds the limit (" + Limits.INTEGER_DIGITS + " digits) for integer string conversion");
        }
        return number.toString();
    }

    /** A string literal as Python writes it: single quotes unless the text has those and no double ones. */
    public static String quote(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        escape(c, out);
                    }
                }
            }
        }
        return out.append(quote).toString();
    }

    /** The text with everything beyond ASCII as escapes: Python's {@code ascii} of a {@code repr}. */
    static String ascii(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c < 0x80) {
                out.append((char) c);
            } else {
                escape(c, out);
            }
        });
        return out.toString();
    }

    public static void escape(int c, StringBuilder out) {
        int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
        out.append(digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U");
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            out.append(HEX.charAt(c >> shift & 15));
        }
    }

    static boolean isPrintable(int c) {
        if (c >= ' ' && c < 0x7f) {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
