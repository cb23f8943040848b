package dev.tokamak.toolparsers;

import java.util.Arrays;

/**
 * Checks one JSON value (RFC 8259) that comes one character at a time. The stack is one bit for each open bracket, so depth
 * costs next to nothing. The one leniency is control characters within strings, which models write for line breaks: they
 * pass, and {@link #isControl} says that they want escaping.
 */
final class JsonScanner {
    /** What a character led to. */
    enum Step {
        /** The value goes on. */
        MORE,
        /** The value ends with this character. */
        END,
        /** The value, a number, ended before this character. */
        ENDED_BEFORE,
        /** No JSON value begins like this; the character was not used. */
        BAD
    }

    private enum State {
        VALUE,
        FIRST_ITEM,
        FIRST_KEY,
        KEY,
        COLON,
        AFTER_ITEM,
        STRING,
        ESCAPE,
        HEX,
        MINUS,
        ZERO,
        INTEGER,
        POINT,
        FRACTION,
        EXPONENT,
        EXPONENT_SIGN,
        EXPONENT_DIGITS,
        WORD
    }

    private State state = State.VALUE;
    private long[] objects = new long[1];
    private int depth;
    private boolean stringIsKey;
    private int hexLeft;
    private String word;
    private int wordPosition;
    /** A string has ended, and nothing has shown yet that it was one. */
    private boolean stringJustEnded;

    /** Begins another value. */
    void reset() {
        state = State.VALUE;
        depth = 0;
        stringIsKey = false;
        stringJustEnded = false;
    }

    /** Begins an object whose opening bracket is missing. */
    void beginObject() {
        reset();
        open(true);
    }

    /** Whether the next character is within a string, or is to show that one has ended. */
    boolean inText() {
        return stringJustEnded || inString();
    }

    boolean inString() {
        return state == State.STRING || state == State.ESCAPE || state == State.HEX;
    }

    /**
     * What ends the value here. A comma that was taken last counts as not written.
     *
     * @return null if nothing does
     */
    String completion() {
        boolean item =
                switch (state) {
                    case FIRST_ITEM, FIRST_KEY, KEY, AFTER_ITEM, ZERO, INTEGER, FRACTION, EXPONENT_DIGITS -> true;
                    case VALUE -> depth > 0 && !inObject();
                    case STRING -> !stringIsKey;
                    default -> false;
                };
        if (!item) {
            return null;
        }
        StringBuilder closing = new StringBuilder(state == State.STRING ? "\"" : "");
        for (int level = depth; level > 0; level--) {
            closing.append(closingOf(level));
        }
        return closing.toString();
    }

    /**
     * The brackets that are missing before a closing one, which ends an outer object or array than the innermost. They count
     * as taken.
     *
     * @return empty if that does not help
     */
    String missingBefore(char c) {
        if (state != State.AFTER_ITEM && state != State.FIRST_ITEM && state != State.FIRST_KEY) {
            return "";
        }
        int level = depth;
        StringBuilder missing = new StringBuilder();
        while (level > 0 && closingOf(level) != c) {
            missing.append(closingOf(level));
            level--;
        }
        if (level == 0) {
            return "";
        }
        depth = level;
        state = State.AFTER_ITEM;
        return missing.toString();
    }

    private char closingOf(int level) {
        return (objects[(level - 1) >> 6] >> (level - 1) & 1) != 0 ? '}' : ']';
    }

    /** Whether a character of a string that was just taken must be escaped to be valid. */
    boolean isControl(char c) {
        return state == State.STRING && c < ' ';
    }

    /** Whether the text is one JSON value. */
    static boolean isValue(CharSequence text) {
        JsonScanner scanner = new JsonScanner();
        int i = 0;
        Step step = Step.MORE;
        while (i < text.length() && step == Step.MORE) {
            char c = text.charAt(i++);
            step = scanner.feed(c);
            if (scanner.isControl(c)) {
                return false;
            }
        }
        if (step == Step.MORE) {
            return scanner.isCompleteNumber();
        }
        while (i < text.length()) {
            if (!CallReader.isSpace(text.charAt(i++))) {
                return false;
            }
        }
        return step == Step.END || step == Step.ENDED_BEFORE && CallReader.isSpace(text.charAt(text.length() - 1));
    }

    /** Whether the text is one JSON object. */
    static boolean isObject(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!CallReader.isSpace(c)) {
                return c == '{' && isValue(text);
            }
        }
        return false;
    }

    private boolean isCompleteNumber() {
        return depth == 0
                && (state == State.ZERO
                        || state == State.INTEGER
                        || state == State.FRACTION
                        || state == State.EXPONENT_DIGITS);
    }

    Step feed(char c) {
        boolean wasInString = state == State.STRING;
        Step step = take(c);
        if (wasInString && state != State.STRING && state != State.ESCAPE) {
            stringJustEnded = true;
        } else if (!CallReader.isSpace(c)) {
            stringJustEnded = false;
        }
        return step;
    }

    private Step take(char c) {
        return switch (state) {
            case VALUE -> CallReader.isSpace(c) ? Step.MORE : value(c);
            case FIRST_ITEM -> CallReader.isSpace(c) ? Step.MORE : c == ']' ? close() : value(c);
            case FIRST_KEY -> CallReader.isSpace(c) ? Step.MORE : c == '}' ? close() : key(c);
            case KEY -> CallReader.isSpace(c) ? Step.MORE : key(c);
            case COLON -> CallReader.isSpace(c) ? Step.MORE : expect(c == ':', State.VALUE);
            case AFTER_ITEM -> afterItem(c);
            case STRING -> string(c);
            case ESCAPE -> escape(c);
            case HEX -> hex(c);
            case WORD -> word(c);
            default -> number(c);
        };
    }

    private Step expect(boolean met, State next) {
        if (!met) {
            return Step.BAD;
        }
        state = next;
        return Step.MORE;
    }

    private Step value(char c) {
        switch (c) {
            case '{' -> open(true);
            case '[' -> open(false);
            case '"' -> {
                stringIsKey = false;
                state = State.STRING;
            }
            case '-' -> state = State.MINUS;
            case '0' -> state = State.ZERO;
            case 't' -> beginWord("true");
            case 'f' -> beginWord("false");
            case 'n' -> beginWord("null");
            default -> {
                return expect(c >= '1' && c <= '9', State.INTEGER);
            }
        }
        return Step.MORE;
    }

    private void open(boolean object) {
        int index = depth >> 6;
        if (index == objects.length) {
            objects = Arrays.copyOf(objects, objects.length * 2);
        }
        long bit = 1L << depth;
        objects[index] = object ? objects[index] | bit : objects[index] & ~bit;
        depth++;
        state = object ? State.FIRST_KEY : State.FIRST_ITEM;
    }

    private boolean inObject() {
        return closingOf(depth) == '}';
    }

    private Step close() {
        depth--;
        return valueEnded();
    }

    private Step valueEnded() {
        state = State.AFTER_ITEM;
        return depth == 0 ? Step.END : Step.MORE;
    }

    private Step key(char c) {
        stringIsKey = true;
        return expect(c == '"', State.STRING);
    }

    private Step afterItem(char c) {
        if (CallReader.isSpace(c)) {
            return Step.MORE;
        }
        boolean object = inObject();
        if (c == ',') {
            state = object ? State.KEY : State.VALUE;
            return Step.MORE;
        }
        return c == (object ? '}' : ']') ? close() : Step.BAD;
    }

    private Step string(char c) {
        if (c == '\\') {
            state = State.ESCAPE;
        } else if (c == '"') {
            if (!stringIsKey) {
                return valueEnded();
            }
            state = State.COLON;
        }
        return Step.MORE;
    }

    private Step escape(char c) {
        if (c == 'u') {
            hexLeft = 4;
            return expect(true, State.HEX);
        }
        return expect("\"\\/bfnrt".indexOf(c) >= 0, State.STRING);
    }

    private Step hex(char c) {
        if (Character.digit(c, 16) < 0 || c > 'f') {
            return Step.BAD;
        }
        if (--hexLeft == 0) {
            state = State.STRING;
        }
        return Step.MORE;
    }

    private void beginWord(String text) {
        word = text;
        wordPosition = 1;
        state = State.WORD;
    }

    private Step word(char c) {
        if (c != word.charAt(wordPosition)) {
            return Step.BAD;
        }
        return ++wordPosition == word.length() ? valueEnded() : Step.MORE;
    }

    private Step number(char c) {
        boolean digit = c >= '0' && c <= '9';
        boolean exponent = c == 'e' || c == 'E';
        switch (state) {
            case MINUS -> {
                return expect(digit, c == '0' ? State.ZERO : State.INTEGER);
            }
            case POINT -> {
                return expect(digit, State.FRACTION);
            }
            case EXPONENT -> {
                return expect(digit || c == '+' || c == '-', digit ? State.EXPONENT_DIGITS : State.EXPONENT_SIGN);
            }
            case EXPONENT_SIGN -> {
                return expect(digit, State.EXPONENT_DIGITS);
            }
            case ZERO, INTEGER -> {
                if (digit && state == State.INTEGER) {
                    return Step.MORE;
                }
                if (c == '.' || exponent) {
                    return expect(true, exponent ? State.EXPONENT : State.POINT);
                }
            }
            case FRACTION -> {
                if (digit || exponent) {
                    return expect(true, exponent ? State.EXPONENT : State.FRACTION);
                }
            }
            default -> {
                if (digit) {
                    return Step.MORE;
                }
            }
        }
        state = State.AFTER_ITEM;
        return depth == 0 ? Step.ENDED_BEFORE : afterItem(c);
    }
}
