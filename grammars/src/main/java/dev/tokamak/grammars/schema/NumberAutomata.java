package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.expression.JsonExpressions;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import dev.tokamak.grammars.regex.CodePoints;
import dev.tokamak.grammars.regex.RegexParser;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers within bounds, as automata over their decimal digits. A bounded number is written without an exponent, with
 * at most a given number of digits before the point (more where a bound has more) and {@link
 * JsonExpressions#MAX_DIGITS} after it.
 */
final class NumberAutomata {
    private static final CodePoints MINUS = CodePoints.of('-');
    private static final CodePoints POINT = CodePoints.of('.');
    /** Bounds up to that of 64 bits without a sign are followed to their last digit. */
    private static final BigDecimal LARGEST_LONG = BigDecimal.valueOf(2).pow(64).subtract(BigDecimal.ONE);

    private static final int MAX_MODULUS = 20_000;

    private final CharAutomaton.Builder builder;

    private final int wholeDigits;

    private NumberAutomata(int wholeDigits, CompileBudget budget) {
        this.wholeDigits = wholeDigits;
        this.builder = new CharAutomaton.Builder(budget);
    }

    /** A limit of a range; null is none. */
    record Bound(BigDecimal value, boolean exclusive) {
        private Bound negated() {
            return new Bound(value.negate(), exclusive);
        }
    }

    /** The integers within bounds. */
    static CharAutomaton integers(Bound low, Bound high, int wholeDigits, CompileBudget budget) {
        Bound first = low == null ? null : wholeAbove(low);
        Bound last = high == null ? null : wholeAbove(high.negated()).negated();
        return new NumberAutomata(wholeDigits, budget).range(first, last, false);
    }

    private static Bound wholeAbove(Bound bound) {
        BigDecimal whole = bound.value().setScale(0, RoundingMode.CEILING);
        boolean next = bound.exclusive() && whole.compareTo(bound.value()) == 0;
        return new Bound(next ? whole.add(BigDecimal.ONE) : whole, false);
    }

    /** The numbers within bounds. */
    static CharAutomaton decimals(Bound low, Bound high, int wholeDigits, CompileBudget budget) {
        return new NumberAutomata(wholeDigits, budget).range(low, high, true);
    }

    private CharAutomaton range(Bound low, Bound high, boolean fractions) {
        int start = builder.state();
        if (high == null || high.value().signum() >= 0) {
            Bound from = low == null || low.value().signum() < 0 ? new Bound(BigDecimal.ZERO, false) : low;
            magnitudes(start, from, high, fractions);
        }
        if (low == null || low.value().signum() < 0) {
            int negative = builder.state();
            builder.edge(start, MINUS, negative);
            boolean belowZero = high != null && high.value().signum() <= 0;
            Bound from = belowZero ? high.negated() : new Bound(BigDecimal.ZERO, false);
            magnitudes(negative, from, low == null ? null : low.negated(), fractions);
        }
        return builder.build(start);
    }

    private void magnitudes(int start, Bound low, Bound high, boolean fractions) {
        BigInteger first = low.value().toBigInteger();
        int digits = Math.max(wholeDigits, first.toString().length() + 1);
        if (high != null && high.value().compareTo(LARGEST_LONG) <= 0) {
            digits = Math.max(digits, high.value().toBigInteger().toString().length());
        }
        BigInteger most = BigInteger.TEN.pow(digits).subtract(BigInteger.ONE);
        boolean capped = high == null || high.value().toBigInteger().compareTo(most) > 0;
        BigInteger last = capped ? most : high.value().toBigInteger();
        Fraction above = new Fraction(fraction(low.value()), low.exclusive());
        Fraction below = capped ? null : new Fraction(fraction(high.value()), high.exclusive());
        if (!fractions) {
            wholes(start, first, last, accepting());
            return;
        }
        int compared = first.compareTo(last);
        if (compared == 0) {
            wholes(start, first, first, fractions(above, below));
        } else if (compared < 0) {
            wholes(start, first, first, fractions(above, null));
            wholes(start, last, last, fractions(null, below));
            wholes(start, first.add(BigInteger.ONE), last.subtract(BigInteger.ONE), fractions(null, null));
        }
    }

    private int accepting() {
        int state = builder.state();
        builder.accept(state);
        return state;
    }

    /** A fraction's digits without trailing zeros, and whether the fraction itself is out of the range. */
    private record Fraction(String digits, boolean exclusive) {}

    private static String fraction(BigDecimal value) {
        BigDecimal fraction = value.remainder(BigDecimal.ONE).stripTrailingZeros();
        return fraction.signum() == 0 ? "" : fraction.toPlainString().substring(2);
    }

    /** Moves over the digits of {@code first} to {@code last} without leading zeros. */
    private void wholes(int start, BigInteger first, BigInteger last, int end) {
        if (first.compareTo(last) > 0) {
            return;
        }
        String low = first.toString();
        String high = last.toString();
        for (int length = low.length(); length <= high.length(); length++) {
            String least = length == low.length() ? low : "1" + "0".repeat(length - 1);
            String most = length == high.length() ? high : "9".repeat(length);
            digits(start, least, most, 0, true, true, end, new HashMap<>());
        }
    }

    private void digits(
            int from,
            String low,
            String high,
            int at,
            boolean onLow,
            boolean onHigh,
            int end,
            Map<String, Integer> known) {
        int least = onLow ? low.charAt(at) : '0';
        int most = onHigh ? high.charAt(at) : '9';
        for (int digit = least; digit <= most; digit++) {
            boolean nextOnLow = onLow && digit == least;
            boolean nextOnHigh = onHigh && digit == most;
            int lastDigit = nextOnLow || nextOnHigh ? digit : Math.max(digit, onHigh ? most - 1 : most);
            CodePoints set = CodePoints.range(digit, lastDigit);
            if (at + 1 == low.length()) {
                builder.edge(from, set, end);
            } else {
                String key = (at + 1) + (nextOnLow ? "l" : "") + (nextOnHigh ? "h" : "");
                Integer next = known.get(key);
                if (next == null) {
                    next = builder.state();
                    known.put(key, next);
                    digits(next, low, high, at + 1, nextOnLow, nextOnHigh, end, known);
                }
                builder.edge(from, set, next);
            }
            digit = lastDigit;
        }
    }

    /** The state before an optional point and the digits after it; null is no bound. */
    private int fractions(Fraction above, Fraction below) {
        int whole = builder.state();
        if (ends(0, above, below)) {
            builder.accept(whole);
        }
        int point = builder.state();
        builder.edge(whole, POINT, point);
        fractionDigits(point, 0, above, below, new HashMap<>());
        return whole;
    }

    /** Whether the number may end after this many digits of the bounds that are still followed. */
    private static boolean ends(int at, Fraction above, Fraction below) {
        boolean enough = above == null || at >= above.digits().length() && !above.exclusive();
        boolean notTooMuch = below == null || at < below.digits().length() || !below.exclusive();
        return enough && notTooMuch;
    }

    private void fractionDigits(int from, int at, Fraction above, Fraction below, Map<String, Integer> known) {
        int longest = Math.max(
                above == null ? 0 : above.digits().length(),
                below == null ? 0 : below.digits().length());
        if (at >= Math.max(JsonExpressions.MAX_DIGITS, longest + 1)) {
            return;
        }
        int least =
                above != null && at < above.digits().length() ? above.digits().charAt(at) : '0';
        int most = below == null
                ? '9'
                : at < below.digits().length() ? below.digits().charAt(at) : '0';
        for (int digit = least; digit <= most; digit++) {
            Fraction nextAbove = digit == least ? above : null;
            Fraction nextBelow = digit == most ? below : null;
            String key = (at + 1) + (nextAbove != null ? "l" : "") + (nextBelow != null ? "h" : "");
            Integer next = known.get(key);
            if (next == null) {
                next = builder.state();
                known.put(key, next);
                if (ends(at + 1, nextAbove, nextBelow)) {
                    builder.accept(next);
                }
                fractionDigits(next, at + 1, nextAbove, nextBelow, known);
            }
            builder.edge(from, CodePoints.of(digit), next);
        }
    }

    /**
     * The multiples of a number: the remainder of the digits so far is the state, and digits after the point are
     * counted.
     *
     * @param fractions whether digits after the point are allowed at all
     */
    static CharAutomaton multiples(BigDecimal of, boolean fractions, String path, CompileBudget budget) {
        BigDecimal step = of.stripTrailingZeros();
        int scale = Math.max(0, step.scale());
        BigInteger scaled = step.movePointRight(scale).toBigIntegerExact();
        if (step.signum() <= 0) {
            throw CompileBudget.refuse("'multipleOf' at '" + path + "' must be above 0");
        }
        if (scaled.compareTo(BigInteger.valueOf(MAX_MODULUS)) > 0 || scale > JsonExpressions.MAX_DIGITS) {
            throw CompileBudget.refuse("'multipleOf' at '" + path + "' is supported up to " + MAX_MODULUS
                    + " steps of its last digit, not " + of.toPlainString());
        }
        return new NumberAutomata(0, budget).multiples(scaled.intValue(), scale, fractions);
    }

    private CharAutomaton multiples(int modulus, int scale, boolean fractions) {
        int start = builder.state();
        int signed = builder.state();
        builder.edge(start, MINUS, signed);
        int layers = fractions ? scale + 1 : 1;
        int[][] states = new int[layers][modulus];
        for (int layer = 0; layer < layers; layer++) {
            long rest = BigInteger.TEN
                    .modPow(BigInteger.valueOf(scale - layer), BigInteger.valueOf(modulus))
                    .longValue();
            for (int r = 0; r < modulus; r++) {
                states[layer][r] = builder.state();
                if (r * rest % modulus == 0) {
                    builder.accept(states[layer][r]);
                }
            }
        }
        for (int digit = 0; digit <= 9; digit++) {
            CodePoints set = CodePoints.of('0' + digit);
            builder.edge(start, set, states[0][digit % modulus]);
            builder.edge(signed, set, states[0][digit % modulus]);
            for (int layer = 0; layer < layers; layer++) {
                int then = layer == 0 ? 0 : layer + 1;
                for (int r = 0; r < modulus && then < layers; r++) {
                    builder.edge(states[layer][r], set, states[then][(10 * r + digit) % modulus]);
                }
            }
        }
        if (fractions) {
            int zeros = accepting();
            builder.edge(zeros, CodePoints.of('0'), zeros);
            points(modulus, states, zeros);
        }
        return builder.build(start);
    }

    /** A point between the whole digits and the first one after it; zeros may follow the last that counts. */
    private void points(int modulus, int[][] states, int zeros) {
        if (states.length == 1) {
            int point = builder.state();
            builder.edge(states[0][0], POINT, point);
            builder.edge(point, CodePoints.of('0'), zeros);
            return;
        }
        builder.edge(states[states.length - 1][0], CodePoints.of('0'), zeros);
        for (int r = 0; r < modulus; r++) {
            int point = builder.state();
            builder.edge(states[0][r], POINT, point);
            for (int digit = 0; digit <= 9; digit++) {
                builder.edge(point, CodePoints.of('0' + digit), states[1][(10 * r + digit) % modulus]);
            }
        }
    }

    /** All ways to write some numbers without an exponent. */
    static CharAutomaton spellings(List<BigDecimal> values, CompileBudget budget) {
        StringBuilder regex = new StringBuilder();
        for (BigDecimal value : values) {
            BigDecimal plain = value.stripTrailingZeros();
            String digits = plain.abs().toPlainString();
            String sign = plain.signum() == 0 ? "-?" : plain.signum() < 0 ? "-" : "";
            String end = plain.scale() > 0 ? "0*" : "(?:\\.0+)?";
            regex.append(regex.isEmpty() ? "" : "|")
                    .append(sign)
                    .append(digits.replace(".", "\\."))
                    .append(end);
        }
        return RegexParser.parse(regex.toString(), budget).automaton(budget);
    }
}
