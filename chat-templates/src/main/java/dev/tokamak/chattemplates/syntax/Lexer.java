package dev.tokamak.chattemplates.syntax;

import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.syntax.Token.Type;
import dev.tokamak.chattemplates.text.PythonStrings;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.values.Arithmetic;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens, with {@code trim_blocks} (the newline after a block tag goes) and {@code lstrip_blocks}
 * (blanks between the start of a line and a block tag go) as Hugging Face sets them. One pass, linear time.
 *
 * <p>One machine, whose states share the place in the text, and so one file.
 */
final class Lexer {
    private static final String[] OPERATORS = {
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";"
    };

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> open = new ArrayDeque<>();
    private int position;
    private int line = 1;
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        if (source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1);
        }
        Lexer lexer = new Lexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (position < source.length()) {
            int tag = nextTag(position);
            if (tag < 0) {
                data(source.substring(position));
                position = source.length();
                break;
            }
            char kind = source.charAt(tag + 1);
            int after = tag + 2;
            char sign = after < source.length() ? source.charAt(after) : ' ';
            if (sign == '-' || sign == '+') {
                after++;
            } else {
                sign = ' ';
            }
            data(stripped(source.substring(position, tag), sign, kind != '{'));
            advance(position, tag);
            int rawBody = kind == '%' ? rawBody(after) : -1;
            if (rawBody >= 0) {
                advance(tag, rawBody);
                raw(rawBody);
            } else if (kind == '#') {
                advance(tag, after);
                comment(after);
            } else {
                add(kind == '%' ? Type.BLOCK_BEGIN : Type.VARIABLE_BEGIN, "");
                lineStarting = false;
                position = after;
                tag(kind == '%');
            }
        }
        add(Type.END, "");
    }

    private int nextTag(int from) {
        for (int at = source.indexOf('{', from);
                at >= 0 && at + 1 < source.length();
                at = source.indexOf('{', at + 1)) {
            char next = source.charAt(at + 1);
            if (next == '{' || next == '%' || next == '#') {
                return at;
            }
        }
        return -1;
    }

    private String stripped(String text, char sign, boolean blockTag) {
        if (sign == '-') {
            int end = text.length();
            while (end > 0 && PythonStrings.isSpace(text.charAt(end - 1))) {
                end--;
            }
            return text.substring(0, end);
        }
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean strip = blockTag && sign != '+' && (lineStart > 0 || lineStarting);
        return strip && PythonStrings.skipSpace(text, lineStart) == text.length() ? text.substring(0, lineStart) : text;
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            add(Type.DATA, text);
        }
    }

    private void add(Type type, Object value) {
        tokens.add(new Token(type, value, line));
    }

    private void advance(int from, int to) {
        for (int i = from; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        if (to > from) {
            lineStarting = source.charAt(to - 1) == '\n';
        }
        position = to;
    }

    /** Where the text after {@code {% raw %}} starts, or -1 when the tag at hand is another. */
    private int rawBody(int from) {
        int at = PythonStrings.skipSpace(source, from);
        if (!source.startsWith("raw", at)) {
            return -1;
        }
        at = PythonStrings.skipSpace(source, at + 3);
        if (source.startsWith("-%}", at)) {
            return PythonStrings.skipSpace(source, at + 3);
        }
        return source.startsWith("%}", at) ? at + 2 : -1;
    }

    private void raw(int from) {
        for (int tag = source.indexOf("{%", from); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
            int at = tag + 2;
            char sign = at < source.length() ? source.charAt(at) : ' ';
            at = PythonStrings.skipSpace(source, sign == '-' || sign == '+' ? at + 1 : at);
            if (source.startsWith("endraw", at)) {
                int end = blockEnd(PythonStrings.skipSpace(source, at + 6));
                if (end >= 0) {
                    data(stripped(source.substring(from, tag), sign, true));
                    advance(from, end);
                    return;
                }
            }
        }
        throw TemplateError.syntax("Missing end of raw directive", line);
    }

    /** Position after a block's end and what goes with it, or -1. */
    private int blockEnd(int at) {
        if (source.startsWith("-%}", at)) {
            return PythonStrings.skipSpace(source, at + 3);
        }
        if (source.startsWith("+%}", at)) {
            return at + 3;
        }
        return source.startsWith("%}", at) ? skipNewline(at + 2) : -1;
    }

    private int skipNewline(int at) {
        return at < source.length() && source.charAt(at) == '\n' ? at + 1 : at;
    }

    private void comment(int from) {
        int end = source.indexOf("#}", from);
        if (end < 0) {
            throw TemplateError.syntax("Missing end of comment tag", line);
        }
        char sign = end > from ? source.charAt(end - 1) : ' ';
        int after = end + 2;
        advance(from, sign == '-' ? PythonStrings.skipSpace(source, after) : sign == '+' ? after : skipNewline(after));
    }

    /** The tokens of one tag up to and with its end. */
    private void tag(boolean block) {
        open.clear();
        while (position < source.length()) {
            if (open.isEmpty()) {
                int end = block ? blockEnd(position) : variableEnd(position);
                if (end >= 0) {
                    add(block ? Type.BLOCK_END : Type.VARIABLE_END, "");
                    advance(position, end);
                    return;
                }
            }
            int space = PythonStrings.skipSpace(source, position);
            if (space > position) {
                advance(position, space);
            } else {
                token();
            }
        }
    }

    private int variableEnd(int at) {
        if (source.startsWith("-}}", at)) {
            return PythonStrings.skipSpace(source, at + 3);
        }
        return source.startsWith("}}", at) ? at + 2 : -1;
    }

    private void token() {
        char c = source.charAt(position);
        int end;
        if (isDigit(position)) {
            end = number();
        } else if (isNamePart(source.codePointAt(position))) {
            end = name();
        } else if ((c == '\'' || c == '"') && (end = stringEnd(position)) > 0) {
            add(Type.STRING, unescaped(source.substring(position + 1, end - 1)));
        } else {
            end = operator();
        }
        advance(position, end);
    }

    private int operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                balance(operator.charAt(0));
                add(Type.OPERATOR, operator);
                return position + operator.length();
            }
        }
        String found = source.substring(position, source.offsetByCodePoints(position, 1));
        throw TemplateError.syntax("unexpected char " + PythonText.quote(found) + " at " + position, line);
    }

    private void balance(char c) {
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty()) {
                    throw TemplateError.syntax("unexpected '" + c + "'", line);
                }
                char expected = open.pop();
                if (expected != c) {
                    throw TemplateError.syntax("unexpected '" + c + "', expected '" + expected + "'", line);
                }
            }
            default -> {}
        }
    }

    private static boolean isNamePart(int c) {
        return c == '_' || Character.isLetterOrDigit(c) || c > 0x7f && Character.isUnicodeIdentifierPart(c);
    }

    private int name() {
        int end = position;
        while (end < source.length() && isNamePart(source.codePointAt(end))) {
            end = source.offsetByCodePoints(end, 1);
        }
        // Names are interned so that scopes can compare them by identity.
        String name = source.substring(position, end).intern();
        if (name.charAt(0) != '_' && !Character.isUnicodeIdentifierStart(name.codePointAt(0))) {
            throw TemplateError.syntax("Invalid character in identifier", line);
        }
        add(Type.NAME, name);
        return end;
    }

    private boolean isDigit(int at) {
        return at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '9';
    }

    /** Position after the digits at {@code from}, which single underscores may separate. */
    private int digits(int from) {
        int at = from;
        while (isDigit(at) || at > from && at < source.length() && source.charAt(at) == '_' && isDigit(at + 1)) {
            at++;
        }
        return at;
    }

    private int number() {
        boolean afterDot = position > 0 && source.charAt(position - 1) == '.';
        int end = digits(position);
        int real = end;
        if (!afterDot) {
            if (real < source.length() && source.charAt(real) == '.' && isDigit(real + 1)) {
                real = digits(real + 1);
            }
            if (real < source.length() && (source.charAt(real) | 0x20) == 'e') {
                int sign = real + 1 < source.length() && "+-".indexOf(source.charAt(real + 1)) >= 0 ? 1 : 0;
                real = isDigit(real + 1 + sign) ? digits(real + 1 + sign) : real;
            }
        }
        if (real > end) {
            add(Type.FLOAT, Double.parseDouble(source.substring(position, real).replace("_", "")));
            return real;
        }
        return integer(end);
    }

    private int integer(int decimalEnd) {
        int base = 10;
        int from = position;
        int end = decimalEnd;
        if (source.charAt(position) == '0') {
            int letter = position + 1 < source.length() ? source.charAt(position + 1) | 0x20 : ' ';
            base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
            end = position + 1;
            while (base == 10 && end < decimalEnd && "0_".indexOf(source.charAt(end)) >= 0) {
                end++;
            }
            int prefixed = base == 10 ? -1 : prefixedEnd(position + 2, base);
            if (prefixed > 0) {
                from = position + 2;
                end = prefixed;
            } else {
                base = 10;
            }
        }
        String text = source.substring(from, end).replace("_", "");
        if (text.length() > Limits.INTEGER_DIGITS) {
            throw TemplateError.syntax("an integer of more than " + Limits.INTEGER_DIGITS + " digits", line);
        }
        add(Type.INTEGER, Arithmetic.integer(new BigInteger(text, base)));
        return end;
    }

    private int prefixedEnd(int from, int base) {
        int end = from;
        while (end < source.length()) {
            int digit = source.charAt(end) == '_' && end + 1 < source.length() ? end + 1 : end;
            if (Character.digit(source.charAt(digit), base) < 0 || source.charAt(digit) > 0x7f) {
                break;
            }
            end = digit + 1;
        }
        return end > from ? end : -1;
    }

    private int stringEnd(int from) {
        char quote = source.charAt(from);
        for (int at = from + 1; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == quote) {
                return at + 1;
            }
            if (c == '\\') {
                at++;
            }
        }
        return -1;
    }

    /** Python's string escapes. */
    private String unescaped(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); ) {
            char c = text.charAt(at++);
            if (c != '\\') {
                out.append(c);
            } else {
                at = escape(text, at, out);
            }
        }
        return out.toString();
    }

    private int escape(String text, int at, StringBuilder out) {
        int c = text.codePointAt(at);
        int next = at + Character.charCount(c);
        switch (c) {
            case '\n' -> {}
            case '\\', '\'', '"' -> out.append((char) c);
            case 'a' -> out.append('\u0007');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'v' -> out.append('\u000b');
            case 'x' -> next = hex(text, next, 2, "\\xXX", out);
            case 'u' -> next = hex(text, next, 4, "\\uXXXX", out);
            case 'U' -> next = hex(text, next, 8, "\\UXXXXXXXX", out);
            case 'N' -> next = named(text, next, out);
            default -> {
                if (c >= '0' && c <= '7') {
                    next = octal(text, at, out);
                } else if (c < 0x80) {
                    out.append('\\').append((char) c);
                } else {
                    // Python escapes non-ASCII characters first, so that the backslash meets the escape's own.
                    PythonText.escape(c, out);
                }
            }
        }
        return next;
    }

    private int hex(String text, int from, int digits, String form, StringBuilder out) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < text.length() && text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                throw TemplateError.syntax("truncated " + form + " escape", line);
            }
            value = value << 4 | digit;
        }
        if (!Character.isValidCodePoint(value)) {
            throw TemplateError.syntax("illegal Unicode character", line);
        }
        out.appendCodePoint(value);
        return from + digits;
    }

    private int octal(String text, int from, StringBuilder out) {
        int value = 0;
        int at = from;
        while (at < text.length() && at < from + 3 && text.charAt(at) >= '0' && text.charAt(at) <= '7') {
            value = value * 8 + text.charAt(at++) - '0';
        }
        out.append((char) value);
        return at;
    }

    private int named(String text, int from, StringBuilder out) {
        int end = text.startsWith("{", from) ? text.indexOf('}', from) : -1;
        if (end < 0) {
            throw TemplateError.syntax("malformed \\N character escape", line);
        }
        try {
            out.appendCodePoint(Character.codePointOf(text.substring(from + 1, end)));
        } catch (IllegalArgumentException e) {
            throw TemplateError.syntax("unknown Unicode character name", line);
        }
        return end + 1;
    }
}
