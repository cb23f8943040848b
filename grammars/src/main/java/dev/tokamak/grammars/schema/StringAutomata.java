package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.Spelling;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import dev.tokamak.grammars.regex.RegexParser;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** What a schema says of a string's content, as an automaton. */
final class StringAutomata {
    /** Lengths up to this are written out where nothing else is said, which makes the quickest masks. */
    private static final int MAX_WRITTEN_LENGTH = 1_024;
    /** Beyond this many states, a length is counted rather than written out beside what else is said. */
    private static final int MAX_WRITTEN_STATES = 4_096;

    private StringAutomata() {}

    /** Whether a schema says anything of a string's content. */
    static boolean constrains(JsonObject schema) {
        return schema.containsKey("minLength") || schema.containsKey("maxLength") || constrainsCharacters(schema);
    }

    static boolean constrainsCharacters(JsonObject schema) {
        return schema.containsKey("pattern")
                || schema.containsKey("format")
                || schema.containsKey(SchemaDialect.NOT_PATTERN)
                || schema.containsKey(SchemaDialect.NOT_VALUES);
    }

    /** What may stand between a string's quotes. */
    static Expression content(JsonObject schema, String path, CompileBudget budget) {
        int min = JsonSource.count(schema, "minLength", 0, path);
        int max = maxLength(schema, path);
        if (max >= 0 && min > max) {
            return Expression.NOTHING;
        }
        if (!constrainsCharacters(schema)) {
            return free(min, max, budget);
        }
        CharAutomaton content = withoutLength(schema, path, budget);
        if (min > 0 && content.shortest() < min) {
            content = content.intersect(CharAutomaton.lengths(min, -1, budget), budget);
        }
        if (max < 0 || content.longest() <= max) {
            return new Expression.Characters(content, Spelling.JSON_SHORT);
        }
        return (max + 1L) * content.states() <= MAX_WRITTEN_STATES
                ? new Expression.Characters(
                        content.intersect(CharAutomaton.lengths(0, max, budget), budget), Spelling.JSON_SHORT)
                : new Expression.Characters(content, Spelling.JSON_SHORT, 0, max);
    }

    /** Any characters, so many of them. */
    private static Expression free(int min, int max, CompileBudget budget) {
        if (Math.max(min, max) <= MAX_WRITTEN_LENGTH) {
            return new Expression.Characters(CharAutomaton.lengths(min, max, budget), Spelling.JSON_ANY);
        }
        CharAutomaton any = CharAutomaton.lengths(0, -1, budget);
        return max >= 0
                ? new Expression.Characters(any, Spelling.JSON_ANY, min, max)
                : Expression.sequence(
                        new Expression.Characters(any, Spelling.JSON_ANY, min, min),
                        new Expression.Characters(any, Spelling.JSON_ANY));
    }

    /** The most characters that a schema allows, or -1. */
    static int maxLength(JsonObject schema, String path) {
        int max = JsonSource.most(schema, "maxLength", path);
        for (String format : oneOrMore(schema, "format", path)) {
            int longest = StringFormats.maxLength(format);
            max = max < 0 ? longest : longest < 0 ? max : Math.min(max, longest);
        }
        return max;
    }

    /** The texts that patterns, formats and excluded values allow, of any length. */
    static CharAutomaton withoutLength(JsonObject schema, String path, CompileBudget budget) {
        List<CharAutomaton> parts = new ArrayList<>();
        for (String pattern : oneOrMore(schema, "pattern", path)) {
            parts.add(pattern(pattern, budget));
        }
        for (String format : oneOrMore(schema, "format", path)) {
            if (StringFormats.known(format)) {
                parts.add(StringFormats.automaton(format, budget));
            } else if (budget.strict()) {
                throw CompileBudget.refuse("Format '" + format + "' at '" + path + "' is not supported; these are: "
                        + StringFormats.names());
            }
        }
        for (String pattern : oneOrMore(schema, SchemaDialect.NOT_PATTERN, path)) {
            parts.add(pattern(pattern, budget).complement(budget));
        }
        List<String> excluded = new ArrayList<>();
        for (JsonValue value : JsonSource.array(schema, SchemaDialect.NOT_VALUES, path)) {
            if (value instanceof JsonString text) {
                excluded.add(text.getString());
            }
        }
        if (!excluded.isEmpty()) {
            parts.add(CharAutomaton.literals(excluded, budget).complement(budget));
        }
        if (parts.isEmpty()) {
            return CharAutomaton.lengths(0, -1, budget);
        }
        CharAutomaton all = parts.get(0);
        for (CharAutomaton part : parts.subList(1, parts.size())) {
            all = all.intersect(part, budget);
        }
        return all;
    }

    /** The texts in which a pattern occurs. */
    static CharAutomaton pattern(String pattern, CompileBudget budget) {
        return RegexParser.parse(pattern, budget).anywhere().automaton(budget);
    }

    /** A keyword's string, or, where schemas were merged, each of its strings. */
    private static List<String> oneOrMore(JsonObject schema, String key, String path) {
        JsonValue value = schema.get(key);
        if (value == null) {
            return List.of();
        }
        return value instanceof JsonArray
                ? JsonSource.strings(schema, key, path)
                : List.of(value instanceof JsonString text ? text.getString() : JsonSource.string(schema, key, path));
    }
}
