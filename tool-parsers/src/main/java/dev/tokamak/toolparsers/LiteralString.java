package dev.tokamak.toolparsers;

import java.util.List;

/** Turns a quoted string of a language that is not JSON into a JSON string, behind its opening quote. */
final class LiteralString {
    /** What a character led to. */
    enum Step {
        /** The string goes on. */
        MORE,
        /** A quote stands here. */
        QUOTE,
        /** No such escape exists; the character was not used. */
        BAD
    }

    private enum State {
        TEXT,
        ESCAPE,
        CODE
    }

    private final String quote;
    private final Marks quotes;
    private final Feed feed;
    private final StringBuilder json;
    private final StringBuilder released = new StringBuilder();
    private State state = State.TEXT;
    private int codeLeft;
    private int code;

    /**
     * A string.
     *
     * @param quote what ends it; if that is one character, a backslash escapes
     * @param feed is given back what was read too far
     * @param json the string is appended to this, from its opening quote on
     */
    LiteralString(String quote, Feed feed, StringBuilder json) {
        this.quote = quote;
        this.quotes = new Marks(List.of(quote));
        this.feed = feed;
        this.json = json;
        json.append('"');
    }

    /** Whether the string may hold its quote as it is, which models forget to escape, and the quote is no mark of its own. */
    boolean isAmbiguous() {
        return quote.length() == 1;
    }

    Step feed(char c) {
        return switch (state) {
            case TEXT -> text(c);
            case ESCAPE -> escape(c);
            case CODE -> code(c);
        };
    }

    private Step text(char c) {
        if (c == '\\' && quote.length() == 1) {
            state = State.ESCAPE;
            return Step.MORE;
        }
        boolean ended = quotes.feed(c, feed, released) != Marks.NONE;
        write(released);
        released.setLength(0);
        return ended ? Step.QUOTE : Step.MORE;
    }

    /** The quote that came was none: it is part of the string. */
    void goOn() {
        write(quote);
    }

    /** What is held of a quote is part of the string, which the text's end cuts. */
    void cut() {
        write(quotes.takeHeld());
    }

    private void write(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            JsonText.escape(text.charAt(i), json);
        }
    }

    private Step escape(char c) {
        state = State.TEXT;
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
        code = 0;
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
            write(new String(Character.toChars(code)));
            state = State.TEXT;
        }
        return Step.MORE;
    }
}
