package dev.tokamak.chattemplates.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Floating point numbers as Python writes them.
 *
 * <p>Implementation notes: {@code Double.toString} before JDK 19 is not always the shortest text that reads back as the
 * same number, which Python's {@code repr} is, so digits are found by rounding the exact value to 1 to 17 digits.
 */
public final class FloatText {
    private FloatText() {}

    static String repr(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return special(number);
        }
        if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            return (number == 0 && 1 / number < 0 ? "-0" : Long.toString((long) number)) + ".0";
        }
        BigDecimal shortest = shortest(number);
        int exponent = exponent(shortest);
        if (exponent < -4 || exponent >= 16) {
            return scientific(shortest, 'e');
        }
        String plain = shortest.toPlainString();
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == number) {
                return rounded.stripTrailingZeros();
            }
            // Powers of two have twice as much room above as below, where the nearest digits may just miss.
            BigDecimal above = exact.round(new MathContext(digits, RoundingMode.UP));
            if (above.doubleValue() == number) {
                return above.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    private static String special(double number) {
        return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }

    private static int exponent(BigDecimal number) {
        return number.precision() - number.scale() - 1;
    }

    /** All digits of the number as {@code d.ddde+XX}. */
    private static String scientific(BigDecimal number, char e) {
        String digits = number.unscaledValue().abs().toString();
        int exponent = number.signum() == 0 ? 0 : exponent(number);
        return (number.signum() < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + e
                + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    /** The magnitude in one of Python's formats {@code e E f F g G}; sign and padding are the caller's. */
    public static String magnitude(double number, char type, int precision, boolean alternate) {
        boolean upper = Character.isUpperCase(type);
        double magnitude = Math.abs(number);
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return upper ? special(magnitude).toUpperCase(java.util.Locale.ROOT) : special(magnitude);
        }
        BigDecimal exact = new BigDecimal(magnitude);
        return switch (Character.toLowerCase(type)) {
            case 'e' -> exponential(exact, precision, upper ? 'E' : 'e', alternate);
            case 'f' -> fixed(exact, precision) + (alternate && precision == 0 ? "." : "");
            default -> general(exact, Math.max(1, precision), upper ? 'E' : 'e', alternate);
        };
    }

    private static String fixed(BigDecimal exact, int precision) {
        return exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String exponential(BigDecimal exact, int precision, char e, boolean alternate) {
        if (exact.signum() == 0) {
            return "0" + (precision > 0 ? "." + "0".repeat(precision) : alternate ? "." : "") + e + "+00";
        }
        BigDecimal rounded = exact.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        // A short exact value has fewer digits than asked for.
        rounded = rounded.setScale(rounded.scale() + precision + 1 - rounded.precision());
        String text = scientific(rounded, e);
        return alternate && precision == 0 ? text.charAt(0) + "." + text.substring(1) : text;
    }

    private static String general(BigDecimal exact, int precision, char e, boolean alternate) {
        BigDecimal rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
        int exponent = exact.signum() == 0 ? 0 : exponent(rounded);
        boolean scientific = exponent < -4 || exponent >= precision;
        if (alternate) {
            return scientific
                    ? exponential(exact, precision - 1, e, true)
                    : fixed(exact, precision - 1 - exponent) + (precision - 1 == exponent ? "." : "");
        }
        BigDecimal stripped = exact.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
        return scientific ? scientific(stripped, e) : stripped.toPlainString();
    }
}
