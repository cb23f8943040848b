package dev.tokamak.grammars;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.JsonExpressions;
import dev.tokamak.grammars.expression.Spelling;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.notations.GbnfParser;
import dev.tokamak.grammars.regex.Regex;
import dev.tokamak.grammars.regex.RegexParser;
import dev.tokamak.grammars.schema.JsonSchemaCompiler;
import dev.tokamak.grammars.schema.JsonSource;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Translates structural tags: texts of which some spans are constrained, after XGrammar's format of that name. */
final class StructuralTags {
    private final CompileBudget budget;
    private final JsonExpressions json;
    private int depth;

    private StructuralTags(CompileBudget budget) {
        this.budget = budget;
        this.json = new JsonExpressions(budget);
    }

    static Expression compile(String source, CompileBudget budget) {
        JsonValue value = JsonSource.parse("structural tag", source);
        if (!(value instanceof JsonObject)) {
            throw CompileBudget.refuse("A structural tag must be a JSON object");
        }
        JsonObject root = (JsonObject) value;
        StructuralTags tags = new StructuralTags(budget);
        if (root.containsKey("structures")) {
            return tags.structures(root);
        }
        JsonSource.only(root, Set.of("type", "format"), "#");
        if (!JsonSource.string(root, "type", "#").equals("structural_tag")) {
            throw CompileBudget.refuse("'type' of a structural tag must be 'structural_tag'");
        }
        return tags.format(root.get("format"), List.of(), "#/format");
    }

    /** The older form: a list of tags with schemas, and triggers. */
    private Expression structures(JsonObject root) {
        JsonSource.only(root, Set.of("type", "structures", "triggers"), "#");
        List<Tag> tags = new ArrayList<>();
        JsonArray structures = JsonSource.array(root, "structures", "#");
        for (int i = 0; i < structures.size(); i++) {
            String path = "#/structures/" + i;
            JsonObject structure = object(structures.get(i), path);
            JsonSource.only(structure, Set.of("begin", "schema", "end"), path);
            JsonValue schema = structure.getOrDefault("schema", JsonValue.TRUE);
            tags.add(tag(
                    JsonSource.string(structure, "begin", path),
                    JsonSchemaCompiler.compile(schema, json, budget),
                    List.of(JsonSource.string(structure, "end", path))));
        }
        List<String> triggers = JsonSource.strings(root, "triggers", "#");
        return triggered(triggers, tags, List.of(), false, false, "#");
    }

    private static JsonObject object(JsonValue value, String path) {
        if (!(value instanceof JsonObject)) {
            throw CompileBudget.refuse("An object is expected at '" + path + "'");
        }
        return (JsonObject) value;
    }

    /**
     * @param ends the texts that end the innermost tag around this, which free text must not contain
     */
    private Expression format(JsonValue value, List<String> ends, String path) {
        budget.depth(++depth);
        budget.states(1);
        JsonObject format = object(value, path);
        String type = JsonSource.string(format, "type", path);
        Expression result =
                switch (type) {
                    case "const_string" -> {
                        fields(format, path, "value");
                        yield text(JsonSource.string(format, "value", path));
                    }
                    case "json_schema" -> {
                        fields(format, path, "json_schema");
                        if (!format.containsKey("json_schema")) {
                            throw JsonSource.missing(path, "json_schema");
                        }
                        yield JsonSchemaCompiler.compile(format.get("json_schema"), json, budget);
                    }
                    case "regex" -> {
                        fields(format, path, "pattern");
                        Regex regex = RegexParser.parse(JsonSource.string(format, "pattern", path), budget);
                        yield new Expression.Characters(regex.automaton(budget), Spelling.RAW);
                    }
                    case "grammar" -> {
                        fields(format, path, "grammar");
                        yield GbnfParser.parse(JsonSource.string(format, "grammar", path), budget);
                    }
                    case "any_text" -> {
                        fields(format, path, "excludes");
                        yield free(JsonSource.strings(format, "excludes", path), ends, List.of());
                    }
                    case "sequence" -> {
                        fields(format, path, "elements");
                        yield new Expression.Sequence(elements(format, ends, path));
                    }
                    case "or" -> {
                        fields(format, path, "elements");
                        yield new Expression.Choice(elements(format, ends, path));
                    }
                    case "optional" -> repeated(format, ends, 0, 1, path);
                    case "star" -> repeated(format, ends, 0, -1, path);
                    case "plus" -> repeated(format, ends, 1, -1, path);
                    case "repeat" -> repeat(format, ends, path);
                    case "tag" -> tag(format, path).expression();
                    case "triggered_tags" -> triggeredTags(format, ends, path);
                    case "tags_with_separator" -> separatedTags(format, path);
                    default ->
                        throw CompileBudget.refuse("The format type '" + type + "' at '" + path + "' is not supported");
                };
        depth--;
        return result;
    }

    private static void fields(JsonObject format, String path, String... names) {
        List<String> all = new ArrayList<>(List.of(names));
        all.add("type");
        JsonSource.only(format, Set.copyOf(all), path);
    }

    private static Expression text(String text) {
        return new Expression.Text(text, true);
    }

    private static Expression free(List<String> excludes, List<String> ends, List<String> triggers) {
        List<String> all = new ArrayList<>(excludes);
        all.addAll(ends);
        all.addAll(triggers);
        all.removeIf(String::isEmpty);
        return new Expression.FreeText(all);
    }

    private List<Expression> elements(JsonObject format, List<String> ends, String path) {
        JsonArray array = JsonSource.array(format, "elements", path);
        if (array.isEmpty()) {
            throw CompileBudget.refuse("'elements' at '" + path + "' must have at least one format");
        }
        List<Expression> elements = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            elements.add(format(array.get(i), ends, path + "/elements/" + i));
        }
        return elements;
    }

    private Expression repeated(JsonObject format, List<String> ends, int min, int max, String path) {
        fields(format, path, "content");
        return new Expression.Repeat(format(format.get("content"), ends, path + "/content"), min, max);
    }

    private Expression repeat(JsonObject format, List<String> ends, String path) {
        fields(format, path, "content", "min", "max");
        int min = JsonSource.count(format, "min", 0, path);
        JsonValue bound = format.get("max");
        int max = bound == null || bound.toString().equals("-1") ? -1 : JsonSource.count(format, "max", -1, path);
        if (max >= 0 && max < min) {
            throw CompileBudget.refuse("'max' at '" + path + "' is below 'min'");
        }
        return new Expression.Repeat(format(format.get("content"), ends, path + "/content"), min, max);
    }

    /** A tag and the text that begins it. */
    private record Tag(String begin, Expression expression) {}

    private Tag tag(String begin, Expression content, List<String> ends) {
        List<Expression> closings = new ArrayList<>();
        ends.forEach(end -> closings.add(text(end)));
        return new Tag(begin, Expression.sequence(text(begin), content, new Expression.Choice(closings)));
    }

    private Tag tag(JsonObject format, String path) {
        fields(format, path, "begin", "content", "end");
        List<String> ends = format.get("end") instanceof JsonString end
                ? List.of(end.getString())
                : JsonSource.strings(format, "end", path);
        if (ends.isEmpty()) {
            throw JsonSource.missing(path, "end");
        }
        Expression content = format(format.get("content"), ends, path + "/content");
        return tag(JsonSource.string(format, "begin", path), content, ends);
    }

    private List<Tag> tags(JsonObject format, String path) {
        JsonArray array = JsonSource.array(format, "tags", path);
        if (array.isEmpty()) {
            throw CompileBudget.refuse("'tags' at '" + path + "' must have at least one tag");
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            budget.states(1);
            tags.add(tag(object(array.get(i), path + "/tags/" + i), path + "/tags/" + i));
        }
        return tags;
    }

    private static Expression anyOf(List<Tag> tags) {
        return new Expression.Call(new Expression.Rule(
                "tags", new Expression.Choice(tags.stream().map(Tag::expression).toList())));
    }

    private Expression triggeredTags(JsonObject format, List<String> ends, String path) {
        fields(format, path, "triggers", "tags", "at_least_one", "stop_after_first", "excludes");
        List<String> excludes = new ArrayList<>(JsonSource.strings(format, "excludes", path));
        excludes.addAll(ends);
        return triggered(
                JsonSource.strings(format, "triggers", path),
                tags(format, path),
                excludes,
                JsonSource.flag(format, "at_least_one", path),
                JsonSource.flag(format, "stop_after_first", path),
                path);
    }

    private Expression triggered(
            List<String> triggers, List<Tag> tags, List<String> excludes, boolean needed, boolean single, String path) {
        if (triggers.isEmpty() || triggers.contains("")) {
            throw CompileBudget.refuse("'triggers' at '" + path + "' must have at least one string, and none empty");
        }
        for (Tag tag : tags) {
            long matching = triggers.stream().filter(tag.begin()::startsWith).count();
            if (matching != 1) {
                throw CompileBudget.refuse("The tag that begins with '" + tag.begin() + "' at '" + path
                        + "' must begin with exactly one of the triggers, not " + matching);
            }
        }
        Expression tag = anyOf(tags);
        Expression free = free(excludes, List.of(), triggers);
        if (single) {
            return needed ? tag : Expression.sequence(free, Expression.optional(tag));
        }
        Expression more = new Expression.Repeat(Expression.sequence(tag, free), 0, -1);
        return needed ? Expression.sequence(tag, free, more) : Expression.sequence(free, more);
    }

    private Expression separatedTags(JsonObject format, String path) {
        fields(format, path, "tags", "separator", "at_least_one", "stop_after_first");
        Expression tag = anyOf(tags(format, path));
        boolean needed = JsonSource.flag(format, "at_least_one", path);
        Expression separator = text(JsonSource.string(format, "separator", path));
        Expression some = JsonSource.flag(format, "stop_after_first", path)
                ? tag
                : Expression.sequence(tag, new Expression.Repeat(Expression.sequence(separator, tag), 0, -1));
        return needed ? some : Expression.optional(some);
    }
}
