package dev.tokamak.chattemplates.filters;

import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.FloatText;
import dev.tokamak.chattemplates.text.PythonStrings;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.values.Arithmetic;
import dev.tokamak.chattemplates.values.Signature;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

/** Filters for numbers. */
final class NumberFilters {
    private static final String[] UNITS = {"k", "M", "G", "T", "P", "E", "Z", "Y"};

    private NumberFilters() {}

    static void define(Filters.Registry filters) {
        filters.add("abs", "", (render, value, a) -> {
            if (!Values.isNumber(value)) {
                throw TemplateError.type("bad operand type for abs(): '" + Values.typeName(value) + "'");
            }
            return value instanceof Double number
                    ? (Object) Math.abs(number)
                    : Arithmetic.integer(Arithmetic.big(value).abs());
        });
        filters.add("int", "default=, base=", NumberFilters::toInteger);
        filters.add("float", "default=", (render, value, a) -> {
            Double number = toReal(value);
            return number == null ? a.get(0, 0.0) : number;
        });
        filters.add("round", "precision=, method=", NumberFilters::round);
        filters.add("filesizeformat", "binary=", (render, value, a) -> fileSize(value, a.flag(0, false)));
    }

    private static Object toInteger(Render render, Object value, Signature.Bound a) {
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (value instanceof Double number && !Double.isNaN(number)) {
            return Arithmetic.integer(number);
        }
        if (Values.isInteger(value)) {
            return Arithmetic.integer(Arithmetic.big(value));
        }
        if (Values.isText(value)) {
            BigInteger parsed = parseInteger(value.toString(), (int) a.integer(1, 10));
            if (parsed != null) {
                return Arithmetic.integer(parsed);
            }
            Double real = toReal(value);
            if (real != null && !real.isNaN() && !real.isInfinite()) {
                return Arithmetic.integer(real);
            }
        }
        return a.get(0, 0L);
    }

    /** Python's {@code int(text, base)}, or {@code null} where it refuses. */
    private static BigInteger parseInteger(String text, int base) {
        if (base != 0 && (base < 2 || base > 36)) {
            return null;
        }
        String digits = PythonStrings.strip(text, null, true, true);
        boolean negative = digits.startsWith("-");
        digits = negative || digits.startsWith("+") ? digits.substring(1) : digits;
        int radix = base;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            char letter = Character.toLowerCase(digits.charAt(1));
            int prefixed = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
            if (prefixed != 0 && (base == prefixed || base == 0)) {
                radix = prefixed;
                digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
            } else if (base == 0 && !digits.chars().allMatch(c -> c == '0' || c == '_')) {
                return null;
            }
        }
        radix = radix == 0 ? 10 : radix;
        if (digits.isEmpty() || !underscoresSeparate(digits) || digits.length() > Limits.INTEGER_DIGITS) {
            return null;
        }
        digits = digits.replace("_", "");
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), radix) < 0) {
                return null;
            }
        }
        BigInteger value = new BigInteger(digits, radix);
        return negative ? value.negate() : value;
    }

    private static boolean underscoresSeparate(String digits) {
        return !digits.startsWith("_") && !digits.endsWith("_") && !digits.contains("__");
    }

    /** Python's {@code float(value)}, or {@code null} where it refuses. */
    private static Double toReal(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (Values.isNumber(value)) {
            return Arithmetic.real(value);
        }
        if (!Values.isText(value)) {
            return null;
        }
        String text = PythonStrings.strip(value.toString(), null, true, true).toLowerCase(Locale.ROOT);
        boolean negative = text.startsWith("-");
        String magnitude = negative || text.startsWith("+") ? text.substring(1) : text;
        switch (magnitude) {
            case "inf", "infinity" -> {
                return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            }
            case "nan" -> {
                return Double.NaN;
            }
            default -> {
                // Java reads more than Python does: hexadecimal numbers, and suffixes as in 1d.
                boolean plain =
                        !magnitude.isEmpty() && magnitude.chars().allMatch(c -> "0123456789.e+-_".indexOf(c) >= 0);
                boolean separated = magnitude.indexOf('_') < 0 || separatesDigits(magnitude);
                if (!plain || !separated || "+-".indexOf(magnitude.charAt(0)) >= 0) {
                    return null;
                }
                try {
                    double number = Double.parseDouble(magnitude.replace("_", ""));
                    return negative ? -number : number;
                } catch (NumberFormatException e) {
                    return null;
                }
            }
        }
    }

    private static boolean separatesDigits(String text) {
        for (int i = text.indexOf('_'); i >= 0; i = text.indexOf('_', i + 1)) {
            boolean between = i > 0
                    && i + 1 < text.length()
                    && Character.isDigit(text.charAt(i - 1))
                    && Character.isDigit(text.charAt(i + 1));
            if (!between) {
                return false;
            }
        }
        return true;
    }

    private static Object round(Render render, Object value, Signature.Bound a) {
        String method = a.has(1) && Values.isText(a.get(1)) ? a.text(1) : a.has(1) ? "" : "common";
        if (!method.equals("common") && !method.equals("ceil") && !method.equals("floor")) {
            throw new TemplateError(TemplateError.Kind.FILTER_ARGUMENT, "method must be common, ceil or floor");
        }
        if (value instanceof Undefined undefined && !method.equals("common")) {
            throw undefined.fail();
        }
        if (!Values.isNumber(value)) {
            throw TemplateError.type("type " + Values.typeName(value) + " doesn't define __round__ method");
        }
        if (method.equals("common")) {
            int precision = (int) Math.max(-400, Math.min(400, a.integer(0, 0)));
            return value instanceof Double number
                    ? (Object) roundReal(number, precision)
                    : roundInteger(value, precision);
        }
        Object factor = render.arithmetic.binary("**", 10L, a.get(0, 0L));
        double scaled = Arithmetic.real(render.arithmetic.binary("*", value, factor));
        Object whole = Arithmetic.integer(method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled));
        return render.arithmetic.binary("/", whole, factor);
    }

    private static double roundReal(double number, int precision) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return number;
        }
        double rounded = new BigDecimal(number)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .doubleValue();
        return Math.copySign(rounded, number);
    }

    private static Object roundInteger(Object value, int precision) {
        BigInteger number = Arithmetic.big(value);
        if (precision >= 0) {
            return Arithmetic.integer(number);
        }
        return Arithmetic.integer(new BigDecimal(number)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toBigInteger());
    }

    private static String fileSize(Object value, boolean binary) {
        Double bytes = toReal(value);
        if (bytes == null) {
            throw TemplateError.value("could not convert to float: " + PythonText.shortRepr(value));
        }
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return Arithmetic.integer(bytes) + " Bytes";
        }
        int unit = 0;
        while (unit < UNITS.length - 1 && bytes >= Math.pow(base, unit + 2)) {
            unit++;
        }
        String name = (binary ? UNITS[unit].toUpperCase(Locale.ROOT) + "i" : UNITS[unit]) + "B";
        return FloatText.magnitude(base * bytes / Math.pow(base, unit + 2), 'f', 1, false) + " " + name;
    }
}
