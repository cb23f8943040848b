package dev.tokamak.toolparsers;

/** Numbers as models write them, to numbers as JSON writes them. */
final class Numerals {
    private static final int EXPONENT_LIMIT = 6;

    private Numerals() {}

    /** A whole number without leading zeros, or null if the text is none. */
    static String integer(String text) {
        int start = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        if (!isDigits(text, start, text.length())) {
            return null;
        }
        while (start < text.length() - 1 && text.charAt(start) == '0') {
            start++;
        }
        String digits = text.substring(start);
        if (start == 0) {
            return text;
        }
        return text.charAt(0) == '-' ? "-" + digits : digits;
    }

    /** A number, or null if the text is none. A digit that is missing next to the point is put in. */
    static String number(String text) {
        if (JsonScanner.isValue(text) && (text.charAt(0) == '-' || isDigit(text.charAt(0)))) {
            return text;
        }
        String whole = integer(text);
        if (whole != null) {
            return whole;
        }
        int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
        String mantissa = exponent < 0 ? text : text.substring(0, exponent);
        int point = mantissa.indexOf('.');
        if (point < 0) {
            return null;
        }
        String before = mantissa.substring(0, point);
        String after = mantissa.substring(point + 1);
        String sign = before.startsWith("-") ? "-" : "";
        String digits = before.startsWith("-") || before.startsWith("+") ? before.substring(1) : before;
        if ((digits.isEmpty() && after.isEmpty())
                || !(digits.isEmpty() || isDigits(digits, 0, digits.length()))
                || !(after.isEmpty() || isDigits(after, 0, after.length()))) {
            return null;
        }
        String power = exponent < 0 ? "" : text.substring(exponent);
        String number =
                sign + (digits.isEmpty() ? "0" : integer(digits)) + "." + (after.isEmpty() ? "0" : after) + power;
        return power.length() <= EXPONENT_LIMIT && JsonScanner.isValue(number) ? number : null;
    }

    private static boolean isDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return from < to;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
