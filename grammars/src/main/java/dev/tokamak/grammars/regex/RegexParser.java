package dev.tokamak.grammars.regex;

import dev.tokamak.grammars.limits.CompileBudget;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the subset of regular expressions on which ECMA-262 and {@code java.util.regex} agree. Where the two differ in
 * what a class matches ({@code \s}, {@code .}), the text that this accepts is what both match. What cannot be made an
 * automaton, or what the two read differently, is refused by name.
 *
 * <p>One file, since each level of precedence calls the next and the last calls the first.
 */
public final class RegexParser {
    private static final int MAX_REPEAT = 100_000;

    private final String pattern;
    private final int[] text;
    private final CompileBudget budget;
    private int at;
    private int depth;
    private boolean ignoreCase;
    private boolean dotAll;

    private RegexParser(String pattern, CompileBudget budget) {
        this.pattern = pattern;
        this.text = pattern.codePoints().toArray();
        this.budget = budget;
    }

    public static Regex parse(String pattern, CompileBudget budget) {
        RegexParser parser = new RegexParser(pattern, budget);
        Regex regex = parser.alternatives();
        if (parser.at < parser.text.length) {
            throw parser.refuse("')' without '('");
        }
        return regex;
    }

    private RuntimeException refuse(String what) {
        String shown = pattern.length() > 80 ? pattern.substring(0, 80) + "…" : pattern;
        return CompileBudget.refuse("Regular expression '" + shown + "', position " + at + ": " + what);
    }

    private Regex alternatives() {
        budget.depth(++depth);
        boolean outerIgnoreCase = ignoreCase;
        boolean outerDotAll = dotAll;
        List<Regex> options = new ArrayList<>();
        options.add(sequence());
        while (looking('|')) {
            at++;
            options.add(sequence());
        }
        ignoreCase = outerIgnoreCase;
        dotAll = outerDotAll;
        depth--;
        return options.size() == 1 ? options.get(0) : new Regex.Alternatives(options);
    }

    private Regex sequence() {
        List<Regex> parts = new ArrayList<>();
        while (at < text.length && text[at] != '|' && text[at] != ')') {
            budget.work();
            Regex atom = atom();
            append(quantified(atom), parts);
        }
        return parts.size() == 1 ? parts.get(0) : new Regex.Sequence(parts);
    }

    /** Repetitions of the same, one after another, are one: {@code a?a?a?} is {@code a{0,3}}. */
    private static void append(Regex part, List<Regex> parts) {
        Regex last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
        if (part instanceof Regex.Repeat more
                && last instanceof Regex.Repeat before
                && more.body() instanceof Regex.Chars
                && before.body().equals(more.body())) {
            long min = (long) before.min() + more.min();
            long max = before.max() < 0 || more.max() < 0 ? -1 : (long) before.max() + more.max();
            if (Math.max(min, max) <= MAX_REPEAT) {
                parts.set(parts.size() - 1, new Regex.Repeat(more.body(), (int) min, (int) max));
                return;
            }
        }
        parts.add(part);
    }

    private boolean looking(int c) {
        return at < text.length && text[at] == c;
    }

    private boolean looking(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (at + i >= text.length || text[at + i] != s.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private Regex quantified(Regex atom) {
        Regex result = atom;
        int min;
        int max;
        if (looking('*')) {
            at++;
            min = 0;
            max = -1;
        } else if (looking('+')) {
            at++;
            min = 1;
            max = -1;
        } else if (looking('?')) {
            at++;
            min = 0;
            max = 1;
        } else if (looking('{') && bounds() != null) {
            int[] bounds = bounds();
            at = bounds[2];
            min = bounds[0];
            max = bounds[1];
            if (max >= 0 && max < min) {
                throw refuse("the bounds {" + min + "," + max + "} are the wrong way round");
            }
        } else {
            return result;
        }
        if (atom instanceof Regex.Begin || atom instanceof Regex.End) {
            throw refuse("a quantifier after an anchor is not supported");
        }
        if (max != 1 && atom.canBeEmpty(true) && !atom.canBeEmpty(false)) {
            throw refuse(
                    "a repetition of what is empty only at an anchor means different things in different dialects");
        }
        result = new Regex.Repeat(atom, min, max);
        if (looking('?')) {
            at++;
        } else if (looking('+')) {
            throw refuse("possessive quantifiers are not supported");
        }
        if (looking('*') || looking('+') || looking('?') || looking('{') && bounds() != null) {
            throw refuse("a quantifier follows a quantifier; put the first into a group");
        }
        return result;
    }

    /** Minimum, maximum and where to go on, if bounds such as {@code {2,5}} are here; else null. */
    private int[] bounds() {
        int i = at + 1;
        long min = 0;
        int digits = i;
        while (i < text.length && text[i] >= '0' && text[i] <= '9') {
            min = Math.min(min * 10 + text[i++] - '0', Integer.MAX_VALUE);
        }
        if (i == digits) {
            return null;
        }
        long max = min;
        if (i < text.length && text[i] == ',') {
            digits = ++i;
            max = 0;
            while (i < text.length && text[i] >= '0' && text[i] <= '9') {
                max = Math.min(max * 10 + text[i++] - '0', Integer.MAX_VALUE);
            }
            if (i == digits) {
                max = -1;
            }
        }
        if (i >= text.length || text[i] != '}') {
            return null;
        }
        if (min > MAX_REPEAT || max > MAX_REPEAT) {
            throw refuse("a repetition bound is over the limit of " + MAX_REPEAT);
        }
        return new int[] {(int) min, (int) max, i + 1};
    }

    private Regex atom() {
        int c = text[at];
        switch (c) {
            case '(':
                return group();
            case '[':
                return new Regex.Chars(characterClass());
            case '.':
                at++;
                return new Regex.Chars(dotAll ? CodePoints.ALL : RegexClasses.NOT_LINE_END);
            case '^':
                at++;
                return new Regex.Begin();
            case '$':
                at++;
                return new Regex.End();
            case '*', '+', '?':
                throw refuse("'" + (char) c + "' has nothing to repeat");
            case '\\':
                return escape();
            default:
                if (c == '{' && bounds() != null) {
                    throw refuse("'{' has nothing to repeat; escape it");
                }
                at++;
                return literal(c);
        }
    }

    private Regex literal(int c) {
        if (c >= 0xD800 && c <= 0xDFFF) {
            throw refuse("half of a surrogate pair");
        }
        return new Regex.Chars(cased(CodePoints.of(c)));
    }

    private CodePoints cased(CodePoints set) {
        return ignoreCase ? set.ignoringAsciiCase() : set;
    }

    private Regex group() {
        at++;
        boolean outerIgnoreCase = ignoreCase;
        boolean outerDotAll = dotAll;
        if (looking('?')) {
            if (looking("?:")) {
                at += 2;
            } else if (looking("?=") || looking("?!")) {
                throw refuse("lookahead is not supported");
            } else if (looking("?<=") || looking("?<!")) {
                throw refuse("lookbehind is not supported");
            } else if (looking("?>")) {
                throw refuse("atomic groups are not supported");
            } else if (looking("?<") || looking("?P<")) {
                while (at < text.length && text[at] != '>') {
                    at++;
                }
                at++;
            } else if (flags()) {
                return Regex.EMPTY;
            }
        }
        Regex inner = alternatives();
        ignoreCase = outerIgnoreCase;
        dotAll = outerDotAll;
        if (!looking(')')) {
            throw refuse("a '(' is not closed");
        }
        at++;
        return inner;
    }

    /** Reads {@code ?i)} or the head of {@code ?i:…)}; true for the first, whose group has ended. */
    private boolean flags() {
        at++;
        boolean on = true;
        boolean i = ignoreCase;
        boolean s = dotAll;
        while (at < text.length && text[at] != ')' && text[at] != ':') {
            switch (text[at]) {
                case '-' -> on = false;
                case 'i' -> i = on;
                case 's' -> s = on;
                default -> throw refuse("the group or flag '(?" + Character.toString(text[at]) + "' is not supported");
            }
            at++;
        }
        if (at >= text.length) {
            throw refuse("a '(' is not closed");
        }
        if (text[at++] == ')') {
            ignoreCase = i;
            dotAll = s;
            return true;
        }
        ignoreCase = i;
        dotAll = s;
        return false;
    }

    private Regex escape() {
        int c = at + 1 < text.length ? text[at + 1] : -1;
        switch (c) {
            case -1:
                throw refuse("the expression ends with '\\'");
            case 'b', 'B':
                throw refuse("the word boundary \\" + (char) c + " is not supported");
            case 'A':
                at += 2;
                return new Regex.Begin();
            case 'z', 'Z':
                at += 2;
                return new Regex.End();
            case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9':
                throw refuse("back-references are not supported");
            default:
                return new Regex.Chars(cased(escaped(false)));
        }
    }

    /** The set that an escape stands for, at the backslash. */
    private CodePoints escaped(boolean negated) {
        if (++at >= text.length) {
            throw refuse("the expression ends with '\\'");
        }
        int c = text[at++];
        switch (c) {
            case 'd', 'D', 'w', 'W', 's', 'S':
                return RegexClasses.shorthand(c, negated);
            case 'p', 'P':
                CodePoints property = property();
                return c == 'p' ? property : property.complement();
            case 'n':
                return CodePoints.of('\n');
            case 'r':
                return CodePoints.of('\r');
            case 't':
                return CodePoints.of('\t');
            case 'f':
                return CodePoints.of('\f');
            case 'v':
                return CodePoints.of(0x0B);
            case 'a':
                return CodePoints.of(7);
            case 'e':
                return CodePoints.of(0x1B);
            case '0':
                if (at < text.length && text[at] >= '0' && text[at] <= '9') {
                    throw refuse("octal escapes are not supported");
                }
                return CodePoints.of(0);
            case 'c':
                if (at >= text.length || !Character.isLetter(text[at])) {
                    throw refuse("\\c must be followed by a letter");
                }
                return CodePoints.of(text[at++] & 0x1F);
            case 'x', 'u':
                return CodePoints.of(hexadecimal(c));
            default:
                if (c < 0x80 && Character.isLetterOrDigit(c)) {
                    throw refuse("the escape \\" + (char) c + " is not supported");
                }
                return CodePoints.of(c);
        }
    }

    private int hexadecimal(int kind) {
        int value;
        if (looking('{')) {
            int close = at;
            while (close < text.length && text[close] != '}') {
                close++;
            }
            value = digits(at + 1, close);
            at = close + 1;
        } else {
            int length = kind == 'x' ? 2 : 4;
            value = digits(at, at + length);
            at += length;
            if (value >= 0xD800 && value <= 0xDBFF && looking("\\u")) {
                int low = digits(at + 2, at + 6);
                if (low >= 0xDC00 && low <= 0xDFFF) {
                    at += 6;
                    value = Character.toCodePoint((char) value, (char) low);
                }
            }
        }
        if (value > 0x10FFFF || value >= 0xD800 && value <= 0xDFFF) {
            throw refuse("an escape does not name a character");
        }
        return value;
    }

    private int digits(int from, int to) {
        int value = 0;
        if (to > text.length || to <= from || to - from > 6) {
            throw refuse("hexadecimal digits are missing");
        }
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                throw refuse("hexadecimal digits are missing");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private CodePoints property() {
        String name;
        if (looking('{')) {
            int close = at;
            while (close < text.length && text[close] != '}') {
                close++;
            }
            if (close >= text.length) {
                throw refuse("a '}' is missing after \\p{");
            }
            name = new String(text, at + 1, close - at - 1);
            at = close + 1;
        } else if (at < text.length) {
            name = Character.toString(text[at++]);
        } else {
            throw refuse("\\p has no name");
        }
        budget.time();
        CodePoints set = RegexClasses.property(name);
        if (set == null) {
            throw refuse("the character property '" + name + "' is not supported");
        }
        return set;
    }

    private CodePoints characterClass() {
        at++;
        boolean negated = looking('^');
        if (negated) {
            at++;
        }
        if (looking(']')) {
            throw refuse("']' first in a class means different things in different dialects; escape it");
        }
        CodePoints set = CodePoints.NONE;
        while (true) {
            budget.work();
            if (at >= text.length) {
                throw refuse("a '[' is not closed");
            }
            if (text[at] == ']') {
                at++;
                break;
            }
            if (text[at] == '[') {
                throw refuse("'[' in a class means different things in different dialects; escape it");
            }
            if (looking("&&") || looking("--")) {
                throw refuse("class intersection and subtraction are not supported; escape the characters");
            }
            set = set.union(classItem(negated));
        }
        set = cased(set);
        return negated ? set.complement() : set;
    }

    private CodePoints classItem(boolean negated) {
        CodePoints first = classAtom(negated);
        boolean range = looking('-') && at + 1 < text.length && text[at + 1] != ']';
        if (!range) {
            return first;
        }
        boolean single = first.rangeCount() == 1 && first.first(0) == first.last(0);
        if (!single) {
            throw refuse("a range cannot begin with a class; escape the '-'");
        }
        at++;
        CodePoints last = classAtom(negated);
        if (last.rangeCount() != 1 || last.first(0) != last.last(0)) {
            throw refuse("a range cannot end with a class; escape the '-'");
        }
        if (last.first(0) < first.first(0)) {
            throw refuse("a range in a class is the wrong way round");
        }
        return CodePoints.range(first.first(0), last.first(0));
    }

    private CodePoints classAtom(boolean negated) {
        if (text[at] == '\\') {
            if (at + 1 < text.length && text[at + 1] == 'b') {
                at += 2;
                return CodePoints.of('\b');
            }
            return escaped(negated);
        }
        if (text[at] >= 0xD800 && text[at] <= 0xDFFF) {
            throw refuse("half of a surrogate pair");
        }
        return CodePoints.of(text[at++]);
    }
}
