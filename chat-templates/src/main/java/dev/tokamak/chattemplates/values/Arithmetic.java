package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PercentFormat;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** Python's operators {@code + - * / // % **} and the order of numbers. */
public final class Arithmetic {
    private final Render render;
    private final Budget budget;

    public Arithmetic(Render render) {
        this.render = render;
        this.budget = render.budget;
    }

    /** How two numbers compare; NaN is {@link #NONE} with everything. */
    enum Order {
        LESS,
        EQUAL,
        GREATER,
        NONE;

        static Order of(int comparison) {
            return comparison < 0 ? LESS : comparison > 0 ? GREATER : EQUAL;
        }

        boolean satisfies(String op) {
            return switch (op) {
                case "<" -> this == LESS;
                case "<=" -> this == LESS || this == EQUAL;
                case ">" -> this == GREATER;
                default -> this == GREATER || this == EQUAL;
            };
        }
    }

    static Order compare(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Order.of(Long.compare(x, y));
        }
        if (a instanceof Double || b instanceof Double) {
            double x = a instanceof Double d ? d : 0;
            double y = b instanceof Double d ? d : 0;
            if (Double.isNaN(x) || Double.isNaN(y)) {
                return Order.NONE;
            }
            if (Double.isInfinite(x) || Double.isInfinite(y) || a instanceof Double && b instanceof Double) {
                return Order.of(Double.compare(x + 0.0, y + 0.0));
            }
            return Order.of(decimal(a).compareTo(decimal(b)));
        }
        return Order.of(big(a).compareTo(big(b)));
    }

    private static BigDecimal decimal(Object number) {
        return number instanceof Double d ? new BigDecimal(d) : new BigDecimal(big(number));
    }

    public static BigInteger big(Object integer) {
        if (integer instanceof BigInteger big) {
            return big;
        }
        return BigInteger.valueOf(integer instanceof Boolean flag ? (flag ? 1 : 0) : (Long) integer);
    }

    /** A Long where it fits, so that equal integers have one type. */
    public static Object integer(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    static boolean isIntegral(double number) {
        return number == Math.rint(number) && !Double.isInfinite(number);
    }

    /** The integer part of a finite number. */
    public static Object integer(double number) {
        if (Double.isNaN(number)) {
            throw TemplateError.value("cannot convert float NaN to integer");
        }
        if (Double.isInfinite(number)) {
            throw new TemplateError(TemplateError.Kind.OVERFLOW, "cannot convert float infinity to integer");
        }
        return integer(new BigDecimal(number).toBigInteger());
    }

    public static double real(Object number) {
        if (number instanceof Double d) {
            return d;
        }
        if (number instanceof Long l) {
            return l;
        }
        double value = big(number).doubleValue();
        if (Double.isInfinite(value)) {
            throw new TemplateError(TemplateError.Kind.OVERFLOW, "int too large to convert to float");
        }
        return value;
    }

    public Object binary(String op, Object a, Object b) {
        budget.step();
        if (Values.isNumber(a) && Values.isNumber(b)) {
            return a instanceof Double || b instanceof Double
                    ? realResult(op, real(a), real(b))
                    : integerResult(op, a, b);
        }
        if (op.equals("%") && Values.isText(a)) {
            return PercentFormat.apply(render, a, b);
        }
        if (a instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (b instanceof Undefined undefined && !(op.equals("+") && a instanceof Markup)) {
            throw undefined.fail();
        }
        Object result =
                switch (op) {
                    case "+" -> plus(a, b);
                    case "*" -> Values.isInteger(b) ? times(a, b) : Values.isInteger(a) ? times(b, a) : null;
                    default -> null;
                };
        if (result != null) {
            return result;
        }
        throw unsupported(op, a, b);
    }

    private static TemplateError unsupported(String op, Object a, Object b) {
        String left = Values.typeName(a);
        String right = Values.typeName(b);
        if (op.equals("+") && (Values.isText(a) || a instanceof List || a instanceof Tuple)) {
            String kind = Values.isText(a) ? "str" : left;
            return TemplateError.type("can only concatenate " + kind + " (not \"" + right + "\") to " + kind);
        }
        if (op.equals("*") && (isSequence(a) || isSequence(b))) {
            return TemplateError.type(
                    "can't multiply sequence by non-int of type '" + (isSequence(a) ? right : left) + "'");
        }
        String name = op.equals("**") ? "** or pow()" : op;
        return TemplateError.type("unsupported operand type(s) for " + name + ": '" + left + "' and '" + right + "'");
    }

    private static boolean isSequence(Object value) {
        return Values.isText(value) || value instanceof List || value instanceof Tuple;
    }

    private Object plus(Object a, Object b) {
        if (a instanceof String x && b instanceof String y) {
            return concat(x, y);
        }
        if (Values.isText(a) && Values.isText(b)) {
            return new Markup(concat(
                    Markup.escape(budget, a).toString(),
                    Markup.escape(budget, b).toString()));
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return GrowingList.joined(budget, x, y);
        }
        if (a instanceof Tuple x && b instanceof Tuple y) {
            return new Tuple(GrowingList.joined(budget, x.items, y.items));
        }
        return null;
    }

    String concat(String a, String b) {
        budget.text((long) a.length() + b.length());
        return a.concat(b);
    }

    private Object times(Object sequence, Object count) {
        long times = big(count).signum() < 0
                ? 0
                : Math.min(big(count).min(BigInteger.valueOf(1L << 31)).longValue(), 1L << 31);
        if (sequence instanceof String text) {
            return repeat(text, times);
        }
        if (sequence instanceof Markup markup) {
            return new Markup(repeat(markup.toString(), times));
        }
        if (sequence instanceof List<?> list) {
            return repeat(list, times);
        }
        return sequence instanceof Tuple tuple ? new Tuple(repeat(tuple.items, times)) : null;
    }

    private String repeat(String text, long times) {
        budget.text(text.length() * times);
        return text.isEmpty() ? "" : text.repeat((int) times);
    }

    private List<Object> repeat(List<?> list, long times) {
        budget.elements(list.size() * times);
        List<Object> repeated = new ArrayList<>();
        for (long i = 0; i < times && !list.isEmpty(); i++) {
            repeated.addAll(list);
        }
        return repeated;
    }

    private Object integerResult(String op, Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            Object fast = longResult(op, x, y);
            if (fast != null) {
                return fast;
            }
        }
        BigInteger x = big(a);
        BigInteger y = big(b);
        budget.steps((x.bitLength() + y.bitLength()) >> 6);
        if (y.signum() == 0 && (op.equals("/") || op.equals("//") || op.equals("%"))) {
            throw divisionByZero(
                    switch (op) {
                        case "/" -> "division by zero";
                        case "//" -> "integer division or modulo by zero";
                        default -> "integer modulo by zero";
                    });
        }
        return switch (op) {
            case "+" -> checked(x.add(y));
            case "-" -> checked(x.subtract(y));
            case "*" -> {
                if ((long) x.bitLength() + y.bitLength() > Limits.INTEGER_BITS) {
                    throw integerTooLarge();
                }
                yield checked(x.multiply(y));
            }
            case "/" -> real(new BigDecimal(x).divide(new BigDecimal(y), new MathContext(40)));
            case "//" -> integer(floorDivide(x, y));
            case "%" -> integer(x.subtract(floorDivide(x, y).multiply(y)));
            default -> power(x, y);
        };
    }

    private static Object longResult(String op, long x, long y) {
        switch (op) {
            case "+" -> {
                long sum = x + y;
                return ((x ^ sum) & (y ^ sum)) < 0 ? null : sum;
            }
            case "-" -> {
                long difference = x - y;
                return ((x ^ y) & (x ^ difference)) < 0 ? null : difference;
            }
            case "//" -> {
                return y == 0 || y == -1 ? null : Math.floorDiv(x, y);
            }
            case "%" -> {
                return y == 0 || y == -1 ? null : Math.floorMod(x, y);
            }
            default -> {
                return null;
            }
        }
    }

    private static Object real(BigDecimal quotient) {
        double value = quotient.doubleValue();
        if (Double.isInfinite(value)) {
            throw new TemplateError(TemplateError.Kind.OVERFLOW, "integer division result too large for a float");
        }
        return value;
    }

    private static BigInteger floorDivide(BigInteger x, BigInteger y) {
        BigInteger[] parts = x.divideAndRemainder(y);
        boolean down = parts[1].signum() != 0 && parts[1].signum() != y.signum();
        return down ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    private static Object checked(BigInteger value) {
        if (value.bitLength() > Limits.INTEGER_BITS) {
            throw integerTooLarge();
        }
        return integer(value);
    }

    private static TemplateError integerTooLarge() {
        return TemplateError.limit("the template computes an integer of more than " + Limits.INTEGER_BITS + " bits");
    }

    private Object power(BigInteger x, BigInteger y) {
        if (y.signum() < 0) {
            return realPower(real(integer(x)), real(integer(y)));
        }
        BigInteger magnitude = x.abs();
        if (magnitude.bitLength() <= 1) {
            // 0, 1 and -1 stay small whatever the exponent.
            boolean odd = y.testBit(0);
            return y.signum() == 0 || magnitude.signum() != 0 && !(x.signum() < 0 && odd) ? 1L : x.longValue();
        }
        if (y.bitLength() > 31 || (magnitude.bitLength() - 1L) * y.longValue() > Limits.INTEGER_BITS) {
            throw integerTooLarge();
        }
        return checked(x.pow(y.intValue()));
    }

    private static Object realResult(String op, double x, double y) {
        if (y == 0 && (op.equals("/") || op.equals("//") || op.equals("%"))) {
            throw divisionByZero("float division by zero");
        }
        return switch (op) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> x / y;
            case "//" -> floorDivide(x, y);
            case "%" -> modulo(x, y);
            default -> realPower(x, y);
        };
    }

    private static double modulo(double x, double y) {
        double rest = x % y;
        if (rest == 0) {
            return Math.copySign(0.0, y);
        }
        return rest < 0 == y < 0 ? rest : rest + y;
    }

    private static double floorDivide(double x, double y) {
        double quotient = (x - modulo(x, y)) / y;
        if (quotient == 0) {
            return Math.copySign(0.0, x / y);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double realPower(double x, double y) {
        if (x == 0 && y < 0) {
            throw divisionByZero("0.0 cannot be raised to a negative power");
        }
        if (x == 1 || y == 0) {
            return 1;
        }
        if (x < 0 && y != Math.rint(y)) {
            throw TemplateError.type("a negative number to a broken power is complex, which templates do not have");
        }
        double power = Math.pow(x, y);
        if (Double.isInfinite(power) && !Double.isInfinite(x) && !Double.isInfinite(y)) {
            throw new TemplateError(TemplateError.Kind.OVERFLOW, "(34, 'Numerical result out of range')");
        }
        return power;
    }

    private static TemplateError divisionByZero(String message) {
        return new TemplateError(TemplateError.Kind.ZERO_DIVISION, message);
    }

    public Object negate(Object value) {
        if (value instanceof Double number) {
            return -number;
        }
        if (Values.isInteger(value)) {
            return integer(big(value).negate());
        }
        throw badUnary("-", value);
    }

    public Object plus(Object value) {
        if (value instanceof Double) {
            return value;
        }
        if (Values.isInteger(value)) {
            return integer(big(value));
        }
        throw badUnary("+", value);
    }

    private static TemplateError badUnary(String op, Object value) {
        return value instanceof Undefined undefined
                ? undefined.fail()
                : TemplateError.type("bad operand type for unary " + op + ": '" + Values.typeName(value) + "'");
    }
}
