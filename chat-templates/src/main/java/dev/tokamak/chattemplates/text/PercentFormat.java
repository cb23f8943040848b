package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Arithmetic;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Markup;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/** Python's {@code "%s and %5.2f" % (a, b)}. */
public final class PercentFormat {
    private final Render render;
    private final String format;
    private final boolean markup;
    private final Object values;
    private final List<Object> positional;
    private final Text out;
    private int next;
    private int at;

    private PercentFormat(Render render, String format, boolean markup, Object values) {
        this.render = render;
        this.format = format;
        this.markup = markup;
        this.values = values;
        this.positional = values instanceof Tuple tuple ? tuple.items : java.util.Collections.singletonList(values);
        this.out = new Text(render.budget);
    }

    public static Object apply(Render render, Object format, Object values) {
        boolean markup = format instanceof Markup;
        String text = new PercentFormat(render, format.toString(), markup, values).run();
        return markup ? new Markup(text) : text;
    }

    private String run() {
        for (int percent = format.indexOf('%'); percent >= 0; percent = format.indexOf('%', at)) {
            out.append(format, at, percent);
            at = percent + 1;
            directive();
        }
        out.append(format, at, format.length());
        boolean mapping = !(values instanceof Tuple)
                && (values instanceof Dict || values instanceof List || values instanceof Undefined);
        if (next < positional.size() && !mapping) {
            throw TemplateError.type("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private char current() {
        if (at >= format.length()) {
            throw TemplateError.value("incomplete format");
        }
        return format.charAt(at);
    }

    private Object nextValue() {
        if (next >= positional.size()) {
            throw TemplateError.type("not enough arguments for format string");
        }
        return positional.get(next++);
    }

    private void directive() {
        Object value = TemplateObject.MISSING;
        if (current() == '(') {
            value = named();
        }
        String flags = "";
        while ("-+ #0".indexOf(current()) >= 0) {
            flags += flags.indexOf(current()) >= 0 ? "" : current();
            at++;
        }
        long width = number();
        if (width < 0 && current() == '*') {
            width = starred();
            flags += width < 0 ? "-" : "";
            width = Math.abs(width);
        }
        long precision = -1;
        if (current() == '.') {
            at++;
            precision = current() == '*' ? Math.max(0, starred()) : Math.max(0, number());
        }
        while ("hlL".indexOf(current()) >= 0) {
            at++;
        }
        render.budget.text(Math.max(width, precision));
        convert(value, flags, (int) Math.max(0, width), (int) precision);
    }

    private Object named() {
        int depth = 1;
        int start = ++at;
        while (depth > 0) {
            depth += current() == '(' ? 1 : current() == ')' ? -1 : 0;
            at++;
        }
        if (!(values instanceof Dict dict)) {
            throw TemplateError.type("format requires a mapping");
        }
        String key = format.substring(start, at - 1);
        Object value = dict.get(key);
        if (value == TemplateObject.MISSING) {
            throw new TemplateError(TemplateError.Kind.KEY, PythonText.quote(key));
        }
        return value;
    }

    /** The digits at hand, or -1. A number beyond every limit is cut, as it is refused either way. */
    private long number() {
        if (current() < '0' || current() > '9') {
            return -1;
        }
        long value = 0;
        while (current() >= '0' && current() <= '9') {
            value = Math.min(value * 10 + current() - '0', Integer.MAX_VALUE);
            at++;
        }
        return value;
    }

    private long starred() {
        at++;
        if (nextValue() instanceof Long width) {
            return Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, width));
        }
        throw TemplateError.type("* wants int");
    }

    private void convert(Object given, String flags, int width, int precision) {
        char type = current();
        at++;
        if (type == '%') {
            out.append('%');
            return;
        }
        if ("sradiuoxXeEfFgGc".indexOf(type) < 0) {
            throw TemplateError.value("unsupported format character '" + type + "' (0x" + Integer.toHexString(type)
                    + ") at index " + (at - 1));
        }
        Object value = given == TemplateObject.MISSING ? nextValue() : given;
        switch (type) {
            case 's', 'r', 'a', 'c' -> {
                String text = type == 'c' ? character(value) : text(type, value);
                boolean cut = type != 'c' && precision >= 0 && precision < PythonStrings.length(text);
                pad(
                        "",
                        cut ? text.substring(0, text.offsetByCodePoints(0, precision)) : text,
                        flags.replace("0", ""),
                        width);
            }
            case 'd', 'i', 'u', 'o', 'x', 'X' -> integer(type, value, flags, width, precision);
            default -> real(type, value, flags, width, precision < 0 ? 6 : precision);
        }
    }

    private String text(char type, Object value) {
        if (markup) {
            return Markup.escape(render.budget, type == 's' ? value : PythonText.repr(render.budget, value))
                    .toString();
        }
        String text = type == 's' ? render.str(value) : PythonText.repr(render.budget, value);
        return type == 'a' ? PythonText.ascii(text) : text;
    }

    private String character(Object value) {
        if (Values.isText(value) && PythonStrings.length(value.toString()) == 1) {
            return value.toString();
        }
        if (!Values.isInteger(value)) {
            throw TemplateError.type("%c requires int or char");
        }
        BigInteger code = Arithmetic.big(value);
        if (code.signum() < 0 || code.bitLength() > 21 || code.intValue() > Character.MAX_CODE_POINT) {
            throw new TemplateError(TemplateError.Kind.OVERFLOW, "%c arg not in range(0x110000)");
        }
        return Character.toString(code.intValue());
    }

    private void integer(char type, Object value, String flags, int width, int precision) {
        BigInteger number;
        if (Values.isInteger(value)) {
            number = Arithmetic.big(value);
        } else if (value instanceof Double real && (type == 'd' || type == 'i' || type == 'u')) {
            number = Arithmetic.big(Arithmetic.integer(real));
        } else if (value instanceof Undefined undefined) {
            throw undefined.fail();
        } else {
            throw TemplateError.type(
                    "%" + type + " format: " + ("oxX".indexOf(type) >= 0 ? "an integer" : "a real number")
                            + " is required, not " + Values.typeName(value));
        }
        int base = type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
        if (base == 10) {
            PythonText.integer(number);
        }
        String digits = number.abs().toString(base);
        String sign = sign(number.signum() < 0, flags);
        if (flags.indexOf('#') >= 0 && base != 10) {
            sign += base == 8 ? "0o" : "0x";
        }
        digits = "0".repeat(Math.max(0, precision - digits.length())) + digits;
        boolean upper = type == 'X';
        pad(
                upper ? sign.toUpperCase(Locale.ROOT) : sign,
                upper ? digits.toUpperCase(Locale.ROOT) : digits,
                flags,
                width);
    }

    private void real(char type, Object value, String flags, int width, int precision) {
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (!Values.isNumber(value)) {
            throw TemplateError.type("must be real number, not " + Values.typeName(value));
        }
        double number = Arithmetic.real(value);
        boolean negative = number < 0 || number == 0 && 1 / number < 0;
        String digits = FloatText.magnitude(number, type, precision, flags.indexOf('#') >= 0);
        pad(sign(negative, flags), digits, flags, width);
    }

    private static String sign(boolean negative, String flags) {
        return negative ? "-" : flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "";
    }

    private void pad(String sign, String text, String flags, int width) {
        int room = width - PythonStrings.length(sign) - PythonStrings.length(text);
        boolean left = flags.indexOf('-') >= 0;
        boolean zeros = !left && flags.indexOf('0') >= 0;
        out.pad(" ", left || zeros ? 0 : room)
                .append(sign)
                .pad("0", zeros ? room : 0)
                .append(text)
                .pad(" ", left ? room : 0);
    }
}
