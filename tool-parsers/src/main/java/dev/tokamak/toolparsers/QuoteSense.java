package dev.tokamak.toolparsers;

import java.util.function.Predicate;

/**
 * Tells a quote that ends a string from one within it that a model forgot to escape, by what follows: a quote ends its string
 * where a comma and what may come next, a colon, or the closing brackets of all that is open can be read behind it.
 */
final class QuoteSense {
    /** What a quote is. */
    enum Verdict {
        UNDECIDED,
        END,
        PART_OF_STRING
    }

    private enum State {
        BEHIND_VALUE,
        BEHIND_COMMA,
        NAME,
        BEHIND_NAME,
        BEHIND_ALL
    }

    private final String open;
    private final boolean isKey;
    private final boolean inArguments;
    private final char sign;
    private final Predicate<String> functions;
    private final StringBuilder name = new StringBuilder();
    private int depth;
    private boolean behindComma;
    private boolean behindSpace;
    private boolean isWhole = true;
    private State state = State.BEHIND_VALUE;

    /**
     * A quote.
     *
     * @param open the closing brackets of what is open, the innermost last
     * @param isKey whether the string stands where a dictionary's key may
     * @param sign what stands between an argument's name and its value, where the outermost bracket is that of a call's
     *     arguments; else 0
     * @param functions whether a name may be that of a function, whose call ends the arguments
     */
    QuoteSense(String open, boolean isKey, char sign, Predicate<String> functions) {
        this.open = open;
        this.isKey = isKey;
        this.sign = sign;
        this.functions = functions;
        this.inArguments = sign != 0;
        this.depth = open.length();
    }

    Verdict feed(char c) {
        if (CallReader.isSpace(c)) {
            state = state == State.NAME ? State.BEHIND_NAME : state;
            behindSpace = true;
            return Verdict.UNDECIDED;
        }
        return switch (state) {
            case BEHIND_VALUE -> behindValue(c);
            case BEHIND_COMMA -> behindComma(c);
            case NAME, BEHIND_NAME -> name(c);
            case BEHIND_ALL -> verdict(isWhole ? ")}\"'".indexOf(c) < 0 : "[<,;".indexOf(c) >= 0);
        };
    }

    private static Verdict verdict(boolean ends) {
        return ends ? Verdict.END : Verdict.PART_OF_STRING;
    }

    private Verdict behindValue(char c) {
        if (c == ':' && isKey && depth == open.length()) {
            return Verdict.END;
        }
        if (c == ',') {
            behindComma = true;
            state = State.BEHIND_COMMA;
            return Verdict.UNDECIDED;
        }
        if (inArguments && depth == 1 && behindSpace && LiteralReader.isPlainKey(c)) {
            state = State.NAME;
            return name(c);
        }
        return closing(c);
    }

    private Verdict closing(char c) {
        if (depth == 0 || c != open.charAt(depth - 1)) {
            return missing(c);
        }
        state = --depth == 0 ? State.BEHIND_ALL : State.BEHIND_VALUE;
        return depth == 0 && !inArguments ? Verdict.END : Verdict.UNDECIDED;
    }

    /** Closing brackets may be missing before that of something that is open, or of the list around the call. */
    private Verdict missing(char c) {
        int outer = depth == 0 ? -1 : open.lastIndexOf(c, depth - 1);
        if (outer >= 0 || inArguments && c == ']') {
            isWhole = false;
            depth = Math.max(0, outer);
            state = depth == 0 ? State.BEHIND_ALL : State.BEHIND_VALUE;
            return Verdict.UNDECIDED;
        }
        return Verdict.PART_OF_STRING;
    }

    private Verdict behindComma(char c) {
        if (inArguments && depth == 1 && LiteralReader.isPlainKey(c)) {
            state = State.NAME;
            return name(c);
        }
        boolean value = !(inArguments && depth == 1) && (Character.isLetterOrDigit(c) || "'\"-+.[({".indexOf(c) >= 0);
        return value ? Verdict.END : closing(c);
    }

    private Verdict name(char c) {
        if (state == State.NAME && LiteralReader.isPlainKey(c)) {
            name.append(c);
            return Verdict.UNDECIDED;
        }
        return verdict(behindComma && c == sign || c == '(' && functions.test(name.toString()));
    }
}
