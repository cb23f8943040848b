package dev.tokamak.grammars.notations;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.Spelling;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import dev.tokamak.grammars.regex.CodePoints;
import dev.tokamak.grammars.regex.RegexClasses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads grammars in GBNF, the notation of llama.cpp, which is also the EBNF that XGrammar takes.
 *
 * <p>A grammar is a list of {@code name ::= alternatives}; {@code root} is the whole text. Line ends are space: a rule
 * ends where the next one begins.
 */
public final class GbnfParser {
    private static final int MAX_REPEAT = 100_000;

    private final int[] text;
    private final CompileBudget budget;
    private final Map<String, Expression.Rule> rules = new LinkedHashMap<>();
    private int at;
    private int depth;

    private GbnfParser(String source, CompileBudget budget) {
        this.text = source.codePoints().toArray();
        this.budget = budget;
    }

    public static Expression parse(String source, CompileBudget budget) {
        return new GbnfParser(source, budget).grammar();
    }

    private RuntimeException refuse(String what) {
        int line = 1;
        for (int i = 0; i < Math.min(at, text.length); i++) {
            line += text[i] == '\n' ? 1 : 0;
        }
        return CompileBudget.refuse("Grammar, line " + line + ": " + what);
    }

    private Expression grammar() {
        space();
        while (at < text.length) {
            String name = name();
            if (name.isEmpty()) {
                throw refuse(
                        "a rule such as 'name ::= \"text\"' is expected, not '" + Character.toString(text[at]) + "'");
            }
            space();
            if (!defines()) {
                throw refuse("'::=' is expected after '" + name + "'");
            }
            at += looking("::=") ? 3 : 1;
            Expression.Rule rule = rule(name);
            if (rule.body() != null) {
                throw refuse("rule '" + name + "' is defined twice");
            }
            rule.define(alternatives());
            if (looking(";")) {
                at++;
                space();
            } else if (looking(")")) {
                throw refuse("')' without '('");
            }
        }
        rules.forEach((name, rule) -> {
            if (rule.body() == null) {
                throw CompileBudget.refuse("Grammar: rule '" + name + "' is used but not defined");
            }
        });
        Expression.Rule root = rules.get("root");
        if (root == null) {
            throw CompileBudget.refuse("Grammar: there is no rule 'root', which the whole text must match");
        }
        return new Expression.Call(root);
    }

    private Expression.Rule rule(String name) {
        return rules.computeIfAbsent(name, Expression.Rule::new);
    }

    private boolean looking(String expected) {
        for (int i = 0; i < expected.length(); i++) {
            if (at + i >= text.length || text[at + i] != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean defines() {
        return looking("::=") || looking("=");
    }

    private void space() {
        while (at < text.length) {
            if (text[at] == '#' || looking("//")) {
                while (at < text.length && text[at] != '\n') {
                    at++;
                }
            } else if (Character.isWhitespace(text[at])) {
                at++;
            } else {
                return;
            }
            budget.work();
        }
    }

    private String name() {
        int begin = at;
        while (at < text.length && (Character.isLetterOrDigit(text[at]) || text[at] == '_' || text[at] == '-')) {
            at++;
        }
        return new String(text, begin, at - begin);
    }

    private Expression alternatives() {
        budget.depth(++depth);
        List<Expression> options = new ArrayList<>();
        options.add(sequence());
        while (looking("|")) {
            at++;
            options.add(sequence());
        }
        depth--;
        return options.size() == 1 ? options.get(0) : new Expression.Choice(options);
    }

    private Expression sequence() {
        List<Expression> parts = new ArrayList<>();
        space();
        while (at < text.length && text[at] != '|' && text[at] != ')' && text[at] != ';') {
            budget.work();
            Expression item = item();
            if (item == null) {
                break;
            }
            space();
            parts.add(quantified(item));
            space();
        }
        return parts.size() == 1 ? parts.get(0) : new Expression.Sequence(parts);
    }

    /** The next item, or null where the next rule begins. */
    private Expression item() {
        int c = text[at];
        if (c == '"' || c == '\'') {
            return literal(c);
        }
        if (c == '[') {
            return characters(characterClass());
        }
        if (c == '.') {
            at++;
            return characters(CodePoints.ALL);
        }
        if (c == '(') {
            at++;
            if (looking("=") || looking("!")) {
                throw refuse("lookahead is not supported");
            }
            Expression inner = alternatives();
            if (!looking(")")) {
                throw refuse("a '(' is not closed");
            }
            at++;
            return inner;
        }
        int begin = at;
        String name = name();
        if (name.isEmpty()) {
            throw refuse("'" + Character.toString(c) + "' is not expected here");
        }
        space();
        if (defines()) {
            at = begin;
            return null;
        }
        return new Expression.Call(rule(name));
    }

    private Expression characters(CodePoints set) {
        return new Expression.Characters(CharAutomaton.one(set, budget), Spelling.RAW);
    }

    private Expression quantified(Expression item) {
        Expression result = item;
        while (at < text.length) {
            int c = text[at];
            if (c == '*') {
                at++;
                result = new Expression.Repeat(result, 0, -1);
            } else if (c == '+') {
                at++;
                result = new Expression.Repeat(result, 1, -1);
            } else if (c == '?') {
                at++;
                result = Expression.optional(result);
            } else if (c == '{') {
                result = bounds(result);
            } else {
                break;
            }
            space();
        }
        return result;
    }

    private Expression bounds(Expression item) {
        at++;
        space();
        int min = number();
        int max = min;
        space();
        if (looking(",")) {
            at++;
            space();
            max = number();
            space();
        } else if (min < 0) {
            throw refuse("a number is expected after '{'");
        }
        if (!looking("}")) {
            throw refuse("'}' is expected after the bounds of a repetition");
        }
        at++;
        if (max >= 0 && max < min) {
            throw refuse("the bounds {" + min + "," + max + "} are the wrong way round");
        }
        return new Expression.Repeat(item, Math.max(0, min), max);
    }

    /** A number, or -1 if there is none. */
    private int number() {
        int begin = at;
        long value = 0;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            value = Math.min(value * 10 + text[at++] - '0', Integer.MAX_VALUE);
        }
        if (value > MAX_REPEAT) {
            throw refuse("a repetition bound is over the limit of " + MAX_REPEAT);
        }
        return at == begin ? -1 : (int) value;
    }

    private Expression literal(int quote) {
        at++;
        StringBuilder literal = new StringBuilder();
        while (true) {
            if (at >= text.length || text[at] == '\n') {
                throw refuse("a string is not closed");
            }
            if (text[at] == quote) {
                at++;
                return new Expression.Text(literal.toString(), true);
            }
            literal.appendCodePoint(character());
        }
    }

    /** One character, perhaps escaped. */
    private int character() {
        int c = text[at++];
        if (c != '\\') {
            if (c >= 0xD800 && c <= 0xDFFF) {
                throw refuse("half of a surrogate pair");
            }
            return c;
        }
        if (at >= text.length) {
            throw refuse("the grammar ends with '\\'");
        }
        int escape = text[at++];
        return switch (escape) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'b' -> '\b';
            case '0' -> 0;
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            case 'U' -> hexadecimal(8);
            default -> {
                if (escape < 0x80 && Character.isLetterOrDigit(escape)) {
                    throw refuse("the escape \\" + (char) escape + " is not supported");
                }
                yield escape;
            }
        };
    }

    private int hexadecimal(int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < text.length ? Character.digit(text[at++], 16) : -1;
            if (digit < 0) {
                throw refuse("hexadecimal digits are missing");
            }
            value = value << 4 | digit;
        }
        if (value > 0x10FFFF || value >= 0xD800 && value <= 0xDFFF) {
            throw refuse("an escape does not name a character");
        }
        return (int) value;
    }

    private CodePoints characterClass() {
        at++;
        boolean negated = looking("^");
        if (negated) {
            at++;
        }
        CodePoints set = CodePoints.NONE;
        while (true) {
            if (at >= text.length) {
                throw refuse("a '[' is not closed");
            }
            if (text[at] == ']') {
                at++;
                return negated ? set.complement() : set;
            }
            budget.work();
            set = set.union(classItem(negated));
        }
    }

    private CodePoints classItem(boolean negated) {
        if (text[at] == '\\' && at + 1 < text.length && "dDwWsS".indexOf(text[at + 1]) >= 0) {
            at += 2;
            return RegexClasses.shorthand(text[at - 1], negated);
        }
        int first = character();
        if (!looking("-") || at + 1 >= text.length || text[at + 1] == ']') {
            return CodePoints.of(first);
        }
        at++;
        int last = character();
        if (last < first) {
            throw refuse("a range in a class is the wrong way round");
        }
        return CodePoints.range(first, last);
    }
}
