package dev.tokamak.toolparsers;

import dev.tokamak.toolparsers.JsonScanner.Step;
import java.util.List;

/**
 * Turns a literal of a language that is not JSON, Python's or a family's own, into JSON, one character at a time and without
 * evaluating anything.
 */
final class LiteralReader {
    /**
     * How a language writes values.
     *
     * @param quotes what stands at both ends of a string; in those of one character a backslash escapes
     * @param bareStrings whether a word that means nothing else is a string
     */
    record Dialect(List<String> quotes, boolean bareStrings) {
        static final Dialect PYTHON = new Dialect(List.of("\"", "'"), false);
    }

    private enum State {
        KEY,
        BARE_KEY,
        SIGN,
        VALUE,
        QUOTE,
        STRING,
        ESCAPE,
        CODE,
        WORD,
        AFTER
    }

    private static final int CERTAIN = -1;

    private final Dialect dialect;
    private final Feed quoteFeed = new Feed();
    private final StringBuilder quoteReleased = new StringBuilder();
    private final StringBuilder json = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    /** The closing bracket of each open one, as the language writes it. */
    private final StringBuilder stack = new StringBuilder();

    /** The same as JSON writes it. */
    private final StringBuilder jsonStack = new StringBuilder();

    private char argumentsClose;
    private char argumentsSign;
    private State state;
    private boolean needsComma;
    private boolean stringIsKey;
    private String quote;
    private int quotePosition;
    private Marks quoteEnd;
    private boolean stringJustEnded;
    private String bareKey = "";
    /** Where the JSON begins that stays only if what follows fits: a key up to its value, a word up to its end. */
    private int uncertainFrom = CERTAIN;

    /** Where the bracket of a dictionary stands that may turn out to be a set. */
    private int setFrom = CERTAIN;

    private int codeLeft;
    private int code;

    private LiteralReader(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Reads any value. */
    static LiteralReader ofValue(Dialect dialect) {
        LiteralReader reader = new LiteralReader(dialect);
        reader.state = State.VALUE;
        return reader;
    }

    /** Reads named arguments behind their opening bracket. */
    static LiteralReader ofArguments(Dialect dialect, char sign, char close) {
        LiteralReader reader = new LiteralReader(dialect);
        reader.argumentsSign = sign;
        reader.argumentsClose = close;
        reader.push(close, '{', '}', State.KEY);
        return reader;
    }

    /** A Python literal as JSON, or null if the text is none. */
    static String pythonToJson(String text) {
        LiteralReader reader = ofValue(Dialect.PYTHON);
        for (int i = 0; i < text.length(); i++) {
            Step step = reader.feed(text.charAt(i));
            if (step == Step.BAD) {
                return null;
            }
            if (step == Step.END) {
                return i == text.length() - 1 ? reader.json.toString() : null;
            }
        }
        return null;
    }

    /** Moves the JSON that is certain to the end of the arguments. */
    void drain(CallWriter to) {
        int length = uncertainFrom == CERTAIN ? json.length() : uncertainFrom;
        to.arguments(json.substring(0, length));
        json.delete(0, length);
        uncertainFrom = uncertainFrom == CERTAIN ? CERTAIN : 0;
        setFrom = setFrom == CERTAIN ? CERTAIN : setFrom - length;
    }

    /** Moves all that was read there, in the source's language where it could not be understood yet. */
    void cut(CallWriter to) {
        if (state == State.STRING && quoteEnd != null) {
            writeEscaped(quoteEnd.takeHeld());
        }
        json.append(word);
        word.setLength(0);
        certain();
        drain(to);
    }

    /** Whether the next character is within a string, or is to show that one has ended. */
    boolean inText() {
        return stringJustEnded || state == State.STRING || state == State.ESCAPE || state == State.CODE;
    }

    /**
     * The JSON that ends the value here, behind what was moved. A key without a value counts as not written.
     *
     * @return null if nothing does
     */
    String completion() {
        String last =
                switch (state) {
                    case KEY, BARE_KEY, SIGN, VALUE, AFTER -> "";
                    case STRING -> stringIsKey ? "" : "\"";
                    case WORD -> wordToJson(word.toString().strip());
                    default -> null;
                };
        if (last == null || setFrom != CERTAIN) {
            return null;
        }
        String held = state == State.WORD ? json.toString() : "";
        return held + last + closing();
    }

    private String closing() {
        return new StringBuilder(jsonStack).reverse().toString();
    }

    /** A name that stands where a key or a value was to come, if one was read and nothing behind it. */
    String pendingName() {
        return state == State.SIGN && inArguments() ? bareKey : state == State.WORD ? word.toString() : "";
    }

    /** What ends the value before the pending name. */
    String completionBeforeName() {
        return setFrom == CERTAIN ? closing() : null;
    }

    /** Takes a character; a string or a bracket ends with it, so {@link Step#ENDED_BEFORE} never comes. */
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
            case KEY -> CallReader.isSpace(c) ? Step.MORE : key(c);
            case BARE_KEY -> bareKey(c);
            case SIGN -> CallReader.isSpace(c) ? Step.MORE : sign(c);
            case VALUE -> CallReader.isSpace(c) ? Step.MORE : value(c);
            case QUOTE -> quote(c);
            case STRING -> string(c);
            case ESCAPE -> escape(c);
            case CODE -> code(c);
            case WORD -> word(c);
            case AFTER -> CallReader.isSpace(c) ? Step.MORE : after(c);
        };
    }

    private void push(char close, char jsonOpen, char jsonClose, State next) {
        stack.append(close);
        jsonStack.append(jsonClose);
        json.append(jsonOpen);
        needsComma = false;
        state = next;
    }

    private void uncertain() {
        if (uncertainFrom == CERTAIN) {
            uncertainFrom = json.length();
        }
    }

    private void certain() {
        uncertainFrom = CERTAIN;
        setFrom = CERTAIN;
    }

    private char top() {
        return stack.isEmpty() ? 0 : stack.charAt(stack.length() - 1);
    }

    private boolean inArguments() {
        return argumentsClose != 0 && stack.length() == 1;
    }

    private boolean inObject() {
        return !jsonStack.isEmpty() && jsonStack.charAt(jsonStack.length() - 1) == '}';
    }

    private void comma() {
        if (needsComma) {
            json.append(", ");
            needsComma = false;
        }
    }

    private Step key(char c) {
        if (c == top()) {
            certain();
            return close();
        }
        uncertain();
        comma();
        stringIsKey = true;
        bareKey = "";
        if (beginQuote(c)) {
            return Step.MORE;
        }
        if (setFrom != CERTAIN && c == '(') {
            beginSet();
            return value(c);
        }
        state = State.BARE_KEY;
        return isKey(c) ? bareKey(c) : Step.BAD;
    }

    private Step bareKey(char c) {
        if (isKey(c)) {
            word.append(c);
            return Step.MORE;
        }
        bareKey = word.toString();
        word.setLength(0);
        json.append(JsonText.quote(bareKey));
        state = State.SIGN;
        return CallReader.isSpace(c) ? Step.MORE : sign(c);
    }

    private Step sign(char c) {
        if (setFrom != CERTAIN && (c == ',' || c == top())) {
            return firstOfSet(c);
        }
        if (c != (inArguments() ? argumentsSign : ':')) {
            return Step.BAD;
        }
        json.append(": ");
        if (setFrom != CERTAIN) {
            uncertainFrom = setFrom + 1;
            setFrom = CERTAIN;
        }
        state = State.VALUE;
        return Step.MORE;
    }

    /** What looked like a dictionary's first key was a set's first item. */
    private Step firstOfSet(char c) {
        if (!bareKey.isEmpty()) {
            String value = wordToJson(bareKey);
            if (value == null) {
                return Step.BAD;
            }
            json.setLength(setFrom + 1);
            json.append(value);
        }
        beginSet();
        valueEnded();
        return after(c);
    }

    private void beginSet() {
        json.setCharAt(setFrom, '[');
        jsonStack.setCharAt(jsonStack.length() - 1, ']');
        certain();
    }

    private Step value(char c) {
        if (c == top() && !inObject()) {
            return close();
        }
        uncertain();
        comma();
        stringIsKey = false;
        if (beginQuote(c)) {
            certain();
            return Step.MORE;
        }
        switch (c) {
            case '{' -> {
                certain();
                if (!dialect.bareStrings()) {
                    setFrom = json.length();
                    uncertainFrom = setFrom;
                }
                push('}', '{', '}', State.KEY);
            }
            case '[', '(' -> {
                certain();
                push(c == '[' ? ']' : ')', '[', ']', State.VALUE);
            }
            case ',', ')', ']', '}' -> {
                return Step.BAD;
            }
            default -> {
                word.append(c);
                state = State.WORD;
            }
        }
        return Step.MORE;
    }

    private Step close() {
        json.append(jsonStack.charAt(jsonStack.length() - 1));
        stack.setLength(stack.length() - 1);
        jsonStack.setLength(jsonStack.length() - 1);
        return valueEnded();
    }

    private Step valueEnded() {
        needsComma = true;
        state = State.AFTER;
        return stack.isEmpty() ? Step.END : Step.MORE;
    }

    private Step after(char c) {
        if (c == ',') {
            state = inObject() ? State.KEY : State.VALUE;
            return Step.MORE;
        }
        return c == top() ? close() : Step.BAD;
    }

    private boolean beginQuote(char c) {
        for (String candidate : dialect.quotes()) {
            if (candidate.charAt(0) == c) {
                quote = candidate;
                quotePosition = 1;
                state = State.QUOTE;
                if (candidate.length() == 1) {
                    beginString();
                }
                return true;
            }
        }
        return false;
    }

    private Step quote(char c) {
        if (c != quote.charAt(quotePosition)) {
            json.append(quote, 0, quotePosition);
            return Step.BAD;
        }
        if (++quotePosition == quote.length()) {
            beginString();
        }
        return Step.MORE;
    }

    private void beginString() {
        json.append('"');
        quoteEnd = new Marks(List.of(quote));
        state = State.STRING;
    }

    private Step string(char c) {
        if (c == '\\' && quote.length() == 1) {
            state = State.ESCAPE;
            return Step.MORE;
        }
        boolean ended = quoteEnd.feed(c, quoteFeed, quoteReleased) != Marks.NONE;
        while (!ended && quoteFeed.hasNext()) {
            ended = quoteEnd.feed(quoteFeed.next(), quoteFeed, quoteReleased) != Marks.NONE;
        }
        writeEscaped(quoteReleased);
        quoteReleased.setLength(0);
        if (!ended) {
            return Step.MORE;
        }
        json.append('"');
        if (stringIsKey) {
            state = State.SIGN;
            return Step.MORE;
        }
        return valueEnded();
    }

    private void writeEscaped(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            JsonText.escape(text.charAt(i), json);
        }
    }

    private Step escape(char c) {
        state = State.STRING;
        code = 0;
        switch (c) {
            case 'n' -> JsonText.escape('\n', json);
            case 't' -> JsonText.escape('\t', json);
            case 'r' -> JsonText.escape('\r', json);
            case 'b' -> JsonText.escape('\b', json);
            case 'f' -> JsonText.escape('\f', json);
            case 'a' -> JsonText.escape((char) 7, json);
            case 'v' -> JsonText.escape((char) 11, json);
            case '0' -> JsonText.escape((char) 0, json);
            case '\n' -> {}
            case '\\', '\'', '"', '/' -> JsonText.escape(c, json);
            case 'x' -> beginCode(2);
            case 'u' -> beginCode(4);
            case 'U' -> beginCode(8);
            default -> {
                JsonText.escape('\\', json);
                JsonText.escape(c, json);
            }
        }
        return Step.MORE;
    }

    private void beginCode(int digits) {
        codeLeft = digits;
        state = State.CODE;
    }

    private Step code(char c) {
        int digit = Character.digit(c, 16);
        if (digit < 0) {
            return Step.BAD;
        }
        code = code << 4 | digit;
        if (--codeLeft == 0) {
            if (!Character.isValidCodePoint(code)) {
                return Step.BAD;
            }
            writeEscaped(new String(Character.toChars(code)));
            state = State.STRING;
        }
        return Step.MORE;
    }

    private Step word(char c) {
        boolean ends = c == ',' || c == top() || (!dialect.bareStrings() && CallReader.isSpace(c));
        if (!ends) {
            if (!dialect.bareStrings() && !isWord(c)) {
                return Step.BAD;
            }
            word.append(c);
            return Step.MORE;
        }
        String value = wordToJson(word.toString().strip());
        if (value == null) {
            return Step.BAD;
        }
        word.setLength(0);
        json.append(value);
        certain();
        valueEnded();
        return CallReader.isSpace(c) ? Step.MORE : after(c);
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || "_.+-".indexOf(c) >= 0;
    }

    private String wordToJson(String text) {
        return switch (text) {
            case "True", "true" -> "true";
            case "False", "false" -> "false";
            case "None", "null" -> "null";
            default -> {
                String number = Numerals.number(text);
                yield number == null && dialect.bareStrings() ? JsonText.quote(withoutQuotes(text)) : number;
            }
        };
    }

    /** A string may lack one of its quotes. */
    private String withoutQuotes(String text) {
        String bare = text;
        for (String mark : dialect.quotes()) {
            bare = mark.length() > 1 ? bare.replace(mark, "") : bare;
        }
        return bare;
    }

    private boolean isKey(char c) {
        if (dialect.bareStrings()) {
            return c != (inArguments() ? argumentsSign : ':') && c != ',' && c != top();
        }
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == '$';
    }
}
