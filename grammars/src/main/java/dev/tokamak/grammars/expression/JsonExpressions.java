package dev.tokamak.grammars.expression;

import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import dev.tokamak.grammars.regex.RegexParser;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of JSON that every schema shares. Each is a rule, so that its masks are worked out once for a grammar.
 *
 * <p>White space is bounded, so that a model cannot write it for ever: after an opening bracket, a comma or a colon
 * and before a closing bracket at most one space, or one line feed and an indentation. Numbers have bounded digits for
 * the same reason.
 */
public final class JsonExpressions {
    /** Whole numbers of so many digits fit a 64-bit integer. */
    public static final int MAX_DIGITS = 18;
    /** Multiples are of fewer digits: readers check them in double precision. */
    public static final int MAX_MULTIPLE_DIGITS = 15;

    private static final String INTEGER = "-?(?:0|[1-9][0-9]{0," + (MAX_DIGITS - 1) + "})";

    private final CompileBudget budget;
    private final Map<String, Expression.Rule> rules = new LinkedHashMap<>();

    public JsonExpressions(CompileBudget budget) {
        this.budget = budget;
    }

    private Expression rule(String name) {
        Expression.Rule rule = rules.get(name);
        if (rule == null) {
            rule = new Expression.Rule("JSON " + name);
            rules.put(name, rule);
            rule.define(body(name));
        }
        return new Expression.Call(rule);
    }

    private Expression body(String name) {
        return switch (name) {
            case "space" -> regex("(?: |\\n[ \\t]{0,40})?");
            case "integer" -> regex(INTEGER);
            case "number" -> regex(INTEGER + "(?:\\.[0-9]{1," + MAX_DIGITS + "})?(?:[eE][+-]?[0-9]{1,2})?");
            case "string" -> quoted(new Expression.Characters(CharAutomaton.lengths(0, -1, budget), Spelling.JSON_ANY));
            case "boolean" -> new Expression.Choice(List.of(Expression.text("true"), Expression.text("false")));
            case "array" -> Expression.sequence(Expression.text("["), list(value()), Expression.text("]"));
            case "object" ->
                Expression.sequence(Expression.text("{"), list(member(string(), value())), Expression.text("}"));
            default ->
                new Expression.Choice(
                        List.of(anyObject(), anyArray(), string(), number(), bool(), Expression.text("null")));
        };
    }

    private Expression list(Expression element) {
        Expression more = Expression.sequence(comma(), element);
        Expression some = Expression.sequence(space(), element, new Expression.Repeat(more, 0, -1), space());
        return new Expression.Choice(List.of(space(), some));
    }

    private Expression regex(String pattern) {
        return new Expression.Characters(RegexParser.parse(pattern, budget).automaton(budget), Spelling.RAW);
    }

    /** A string of such characters. */
    public static Expression quoted(Expression content) {
        return Expression.sequence(Expression.text("\""), content, Expression.text("\""));
    }

    public Expression space() {
        return rule("space");
    }

    /** A comma and the space after it. */
    public Expression comma() {
        return Expression.sequence(Expression.text(","), space());
    }

    public Expression member(Expression key, Expression value) {
        return Expression.sequence(key, Expression.text(":"), space(), value);
    }

    public Expression value() {
        return rule("value");
    }

    public Expression anyObject() {
        return rule("object");
    }

    Expression anyArray() {
        return rule("array");
    }

    public Expression string() {
        return rule("string");
    }

    public Expression number() {
        return rule("number");
    }

    public Expression integer() {
        return rule("integer");
    }

    public Expression bool() {
        return rule("boolean");
    }

    /** Exactly this value, with space where JSON has it. */
    public Expression literal(JsonValue value, int depth) {
        budget.depth(depth);
        budget.work();
        if (value instanceof JsonObject object) {
            List<Expression> members = new ArrayList<>();
            object.forEach((key, member) -> members.add(member(string(key), literal(member, depth + 1))));
            return enclosed("{", members, "}");
        }
        if (value instanceof JsonArray array) {
            List<Expression> elements = new ArrayList<>();
            array.forEach(element -> elements.add(literal(element, depth + 1)));
            return enclosed("[", elements, "]");
        }
        return value instanceof JsonString text ? string(text.getString()) : Expression.text(value.toString());
    }

    private Expression enclosed(String open, List<Expression> elements, String close) {
        List<Expression> parts = new ArrayList<>();
        parts.add(Expression.text(open));
        parts.add(space());
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                parts.add(comma());
            }
            parts.add(elements.get(i));
        }
        if (!elements.isEmpty()) {
            parts.add(space());
        }
        parts.add(Expression.text(close));
        return new Expression.Sequence(parts);
    }

    /** A string literal, escaped only where JSON demands it. */
    public Expression string(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c >= 0xD800 && c <= 0xDFFF) {
                throw CompileBudget.refuse("A string of the schema has half of a surrogate pair, which is not text");
            }
            int at = "\"\\\b\f\n\r\t".indexOf(c);
            if (at >= 0) {
                quoted.append('\\').append("\"\\bfnrt".charAt(at));
            } else if (c < 0x20) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return Expression.text(quoted.append('"').toString());
    }
}
