package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Arithmetic;
import dev.tokamak.chattemplates.values.Values;
import java.math.BigInteger;
import java.util.Locale;

/** Python's format specification: {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}. */
final class FormatSpecification {
    private final String specification;
    private int at;
    private String fill = " ";
    private char align;
    private char sign = '-';
    private boolean alternate;
    private int width;
    private char grouping;
    private int precision = -1;
    private char type;

    private FormatSpecification(String specification) {
        this.specification = specification;
    }

    static String format(Render render, Object value, String specification) {
        if (specification.isEmpty()) {
            return render.str(value);
        }
        FormatSpecification parsed = new FormatSpecification(specification);
        if (Values.isText(value)) {
            parsed.parse(render.budget, value);
            return parsed.text(render, render.str(value));
        }
        if (Values.isNumber(value)) {
            parsed.parse(render.budget, value);
            return parsed.number(render, value);
        }
        throw TemplateError.type("unsupported format string passed to " + Values.typeName(value) + ".__format__");
    }

    private char peek() {
        return at < specification.length() ? specification.charAt(at) : '\0';
    }

    private boolean skip(char c) {
        boolean found = peek() == c;
        at += found ? 1 : 0;
        return found;
    }

    private void parse(Budget budget, Object value) {
        int first = specification.offsetByCodePoints(0, 1);
        if (first < specification.length() && "<>=^".indexOf(specification.charAt(first)) >= 0) {
            fill = specification.substring(0, first);
            align = specification.charAt(first);
            at = first + 1;
        } else if ("<>=^".indexOf(peek()) >= 0) {
            align = specification.charAt(at++);
        }
        if (at < specification.length() && "+- ".indexOf(peek()) >= 0) {
            sign = specification.charAt(at++);
        }
        skip('z');
        alternate = skip('#');
        if (skip('0') && align == 0) {
            fill = "0";
            align = Values.isText(value) ? '<' : '=';
        }
        width = Math.max(0, digits());
        if (peek() == ',' || peek() == '_') {
            grouping = specification.charAt(at++);
        }
        if (skip('.')) {
            precision = digits();
            if (precision < 0) {
                throw TemplateError.value("Format specifier missing precision");
            }
        }
        type = at < specification.length() ? specification.charAt(at++) : '\0';
        if (at < specification.length()) {
            throw TemplateError.value("Invalid format specifier '" + specification + "' for object of type '"
                    + Values.typeName(value) + "'");
        }
        budget.text(Math.max(width, precision));
    }

    private int digits() {
        if (!Character.isDigit(peek())) {
            return -1;
        }
        long value = 0;
        while (peek() >= '0' && peek() <= '9') {
            value = Math.min(value * 10 + peek() - '0', Integer.MAX_VALUE);
            at++;
        }
        return (int) value;
    }

    private TemplateError unknown(String typeName) {
        return TemplateError.value("Unknown format code '" + type + "' for object of type '" + typeName + "'");
    }

    private String text(Render render, String text) {
        if (type != '\0' && type != 's') {
            throw unknown("str");
        }
        if (align == '=' || sign != '-' || alternate || grouping != 0) {
            throw TemplateError.value("format specifier not allowed for strings");
        }
        boolean cut = precision >= 0 && precision < PythonStrings.length(text);
        String shown = cut ? text.substring(0, text.offsetByCodePoints(0, precision)) : text;
        return padded(render, "", shown, '<');
    }

    private String number(Render render, Object value) {
        boolean integer = !(value instanceof Double);
        if (type == '\0' && value instanceof Boolean flag) {
            // Booleans print as numbers as soon as there is a specification.
            value = flag ? 1L : 0L;
        }
        if (integer && (type == '\0' || "bcdoxXn".indexOf(type) >= 0)) {
            return integer(render, Arithmetic.big(value));
        }
        if (type != '\0' && "eEfFgGn%".indexOf(type) < 0) {
            throw unknown(Values.typeName(value));
        }
        double number = Arithmetic.real(value);
        boolean negative = number < 0 || number == 0 && 1 / number < 0;
        return padded(render, signOf(negative), grouped(magnitude(number), 3), '>');
    }

    private String magnitude(double number) {
        if (type == '\0') {
            if (precision < 0) {
                return FloatText.repr(Math.abs(number));
            }
            String general = FloatText.magnitude(number, 'g', precision, alternate);
            boolean plain = general.chars().allMatch(c -> c >= '0' && c <= '9');
            // Without a type there is always a digit behind the point, unless precision leaves no room for it.
            return plain && general.length() < Math.max(1, precision) ? general + ".0" : general;
        }
        if (type == '%') {
            return FloatText.magnitude(number * 100, 'f', precision < 0 ? 6 : precision, alternate) + "%";
        }
        return FloatText.magnitude(number, type == 'n' ? 'g' : type, precision < 0 ? 6 : precision, alternate);
    }

    private String integer(Render render, BigInteger number) {
        if (precision >= 0) {
            throw TemplateError.value("Precision not allowed in integer format specifier");
        }
        if (type == 'c') {
            if (number.signum() < 0 || number.bitLength() > 21 || !Character.isValidCodePoint(number.intValue())) {
                throw new TemplateError(TemplateError.Kind.OVERFLOW, "%c arg not in range(0x110000)");
            }
            return padded(render, "", Character.toString(number.intValue()), '<');
        }
        int base = type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
        if (base == 10) {
            PythonText.integer(number);
        }
        String digits = grouped(number.abs().toString(base), base == 10 ? 3 : 4);
        String prefix = signOf(number.signum() < 0) + (alternate && base != 10 ? "0" + type : "");
        return padded(render, prefix, type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits, '>');
    }

    private String signOf(boolean negative) {
        return negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
    }

    private String grouped(String digits, int size) {
        int end = 0;
        while (end < digits.length() && Character.digit(digits.charAt(end), 16) >= 0) {
            end++;
        }
        if (grouping == 0 || end == 0) {
            return digits;
        }
        StringBuilder out = new StringBuilder(digits);
        for (int i = end - size; i > 0; i -= size) {
            out.insert(i, grouping);
        }
        return out.toString();
    }

    private String padded(Render render, String prefix, String text, char usual) {
        long room = Math.max(0, width - PythonStrings.length(prefix) - PythonStrings.length(text));
        char where = align == 0 ? usual : align;
        long left = where == '>' ? room : where == '^' ? room / 2 : 0;
        long inside = where == '=' ? room : 0;
        String filled = inside > 0 && grouping != 0 && fill.equals("0") ? zeros(text, prefix) : null;
        if (filled != null) {
            return prefix + filled;
        }
        return new Text(render.budget)
                .pad(fill, left)
                .append(prefix)
                .pad(fill, inside)
                .append(text)
                .pad(fill, room - left - inside)
                .toString();
    }

    /** Zeros in front of grouped digits are grouped too. */
    private String zeros(String text, String prefix) {
        int size = type == 'b' || type == 'o' || type == 'x' || type == 'X' ? 4 : 3;
        StringBuilder out = new StringBuilder(text);
        int digits = text.indexOf(grouping) < 0 ? text.length() : text.indexOf(grouping);
        while (out.length() + prefix.length() < width) {
            if (digits == size) {
                out.insert(0, grouping);
                digits = 0;
            } else {
                out.insert(0, '0');
                digits++;
            }
        }
        return digits == 0 ? "0" + out : out.toString();
    }
}
