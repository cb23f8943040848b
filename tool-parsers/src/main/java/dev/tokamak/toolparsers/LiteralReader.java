package dev.tokamak.toolparsers;

import dev.tokamak.toolparsers.JsonScanner.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Turns a literal of a language that is not JSON, Python's or a family's own, into JSON, one character at a time and without
 * evaluating anything.
 *
 * <p>One machine of a state for each place in the language, and so one file; strings, and what their quotes mean, have their own.
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

        Dialect in(Tokens tokens) {
            return new Dialect(tokens.in(quotes), bareStrings);
        }
    }

    private enum State {
        KEY,
        BARE_KEY,
        SIGN,
        VALUE,
        QUOTE,
        STRING,
        BEHIND_QUOTE,
        WORD,
        AFTER
    }

    private static final int CERTAIN = -1;

    private final Dialect dialect;
    /** What was read too far and comes again. */
    private final Feed again = new Feed();

    /** What came behind a quote while it is not clear whether that ends its string. */
    private final StringBuilder ahead = new StringBuilder();

    private final StringBuilder json = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    /** The closing bracket of each open one, as the language writes it. */
    private final StringBuilder stack = new StringBuilder();

    /** The same as JSON writes it. */
    private final StringBuilder jsonStack = new StringBuilder();

    /** The names that came; each is there once. */
    private final Set<String> arguments = new HashSet<>();

    private Predicate<String> functions;
    private char argumentsClose;
    private char argumentsSign;
    private State state;
    private boolean needsComma;
    private boolean stringIsKey;
    private String quote;
    private int quotePosition;
    private LiteralString string;
    private QuoteSense sense;
    private boolean stringJustEnded;
    private String bareKey = "";
    /** Where the JSON begins that stays only if what follows fits: a key up to its value, a word up to its end. */
    private int uncertainFrom = CERTAIN;

    /** Where the bracket of a dictionary stands that may turn out to be a set. */
    private int setFrom = CERTAIN;

    private LiteralReader(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Reads any value. */
    static LiteralReader ofValue(Dialect dialect) {
        LiteralReader reader = new LiteralReader(dialect);
        reader.state = State.VALUE;
        return reader;
    }

    /**
     * Reads named arguments behind their opening bracket.
     *
     * @param dialect of the values
     * @param sign what stands between a name and its value
     * @param close the closing bracket
     * @param functions whether a name may be that of a function, whose call ends the arguments where their end is missing
     */
    static LiteralReader ofArguments(Dialect dialect, char sign, char close, Predicate<String> functions) {
        LiteralReader reader = new LiteralReader(dialect);
        reader.functions = functions;
        reader.argumentsSign = sign;
        reader.argumentsClose = close;
        reader.push(close, '{', '}', State.KEY);
        return reader;
    }

    /** A Python literal as JSON, or null if the text is none. */
    static String pythonToJson(String text) {
        LiteralReader reader = ofValue(Dialect.PYTHON);
        for (int i = 0; i < text.length(); i++) {
            Step step = reader.feed(text.charAt(i), false);
            if (step == Step.BAD) {
                return null;
            }
            if (step == Step.END) {
                return i == text.length() - 1 && !reader.again.hasNext() ? reader.json.toString() : null;
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
        if (state == State.STRING) {
            string.cut();
        }
        if (state == State.BEHIND_QUOTE) {
            json.append('"').append(ahead);
        }
        json.append(dialect.bareStrings() ? withoutQuotes(word.toString()) : word);
        word.setLength(0);
        certain();
        drain(to);
    }

    /** Whether the next character is within a string, or is to show that one has ended. */
    boolean inText() {
        return stringJustEnded || state == State.STRING || state == State.BEHIND_QUOTE;
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
                    case STRING, BEHIND_QUOTE -> stringIsKey ? "" : "\"";
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

    /**
     * Takes a character. A string or a bracket ends with it, so {@link Step#ENDED_BEFORE} never comes.
     *
     * @param c the character
     * @param doubtful whether a quote that does not end its string shows that this is none
     */
    Step feed(char c, boolean doubtful) {
        Step step = one(c, doubtful);
        while (step == Step.MORE && again.hasNext()) {
            step = one(again.next(), doubtful);
        }
        return step;
    }

    private Step one(char c, boolean doubtful) {
        boolean wasInString = state == State.STRING || state == State.BEHIND_QUOTE;
        Step step = state == State.BEHIND_QUOTE ? behindQuote(c, doubtful) : take(c);
        if (step == Step.BAD) {
            again.pushBack(c);
        }
        if (wasInString && state != State.STRING && state != State.BEHIND_QUOTE) {
            stringJustEnded = true;
        } else if (!CallReader.isSpace(c)) {
            stringJustEnded = false;
        }
        return step;
    }

    /** What was read and not used, behind the end or from what is malformed on. */
    String unread() {
        StringBuilder text = new StringBuilder();
        while (again.hasNext()) {
            text.append(again.next());
        }
        return text.toString();
    }

    /** The text ends: a last quote is the end of its string. What came behind it is not read yet. */
    void settle() {
        if (state == State.BEHIND_QUOTE) {
            again.pushBack(ahead);
            stringEnds();
            stringJustEnded = true;
        }
    }

    private Step take(char c) {
        return switch (state) {
            case KEY -> CallReader.isSpace(c) ? Step.MORE : key(c);
            case BARE_KEY -> bareKey(c);
            case SIGN -> CallReader.isSpace(c) ? Step.MORE : sign(c);
            case VALUE -> CallReader.isSpace(c) ? Step.MORE : value(c);
            case QUOTE -> quote(c);
            case STRING -> string(c);
            case BEHIND_QUOTE -> throw new IllegalStateException("a quote is undecided");
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
        bareKey = dialect.bareStrings() ? withoutQuotes(word.toString()) : word.toString();
        word.setLength(0);
        json.append(JsonText.quote(bareKey));
        state = State.SIGN;
        return CallReader.isSpace(c) ? Step.MORE : sign(c);
    }

    private Step sign(char c) {
        if (setFrom != CERTAIN && (c == ',' || c == top())) {
            return firstOfSet(c);
        }
        if (c != (inArguments() ? argumentsSign : ':') || inArguments() && !arguments.add(bareKey)) {
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
        string = new LiteralString(quote, again, json);
        state = State.STRING;
    }

    private Step string(char c) {
        switch (string.feed(c)) {
            case BAD -> {
                return Step.BAD;
            }
            case QUOTE -> {
                if (dialect.bareStrings() || !string.isAmbiguous()) {
                    return stringEnds();
                }
                ahead.setLength(0);
                sense = new QuoteSense(stack.toString(), stringIsKey, argumentsSign, functions);
                state = State.BEHIND_QUOTE;
            }
            default -> {}
        }
        return Step.MORE;
    }

    private Step behindQuote(char c, boolean doubtful) {
        QuoteSense.Verdict verdict = sense.feed(c);
        if (verdict == QuoteSense.Verdict.UNDECIDED) {
            ahead.append(c);
            return Step.MORE;
        }
        if (verdict == QuoteSense.Verdict.PART_OF_STRING && doubtful) {
            return Step.BAD;
        }
        again.pushBack(c);
        again.pushBack(ahead);
        if (verdict == QuoteSense.Verdict.END) {
            return stringEnds();
        }
        string.goOn();
        state = State.STRING;
        return Step.MORE;
    }

    private Step stringEnds() {
        json.append('"');
        if (stringIsKey) {
            state = State.SIGN;
            return Step.MORE;
        }
        return valueEnded();
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
        return isPlainKey(c);
    }

    static boolean isPlainKey(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == '$';
    }
}
