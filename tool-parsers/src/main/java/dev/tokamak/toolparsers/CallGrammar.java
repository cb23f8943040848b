package dev.tokamak.toolparsers;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model is held to a format: a structural tag with one alternative for each tool, in which only the arguments are free
 * within their schema.
 */
final class CallGrammar {
    /** Everything between a call's name and its end, for one tool. */
    @FunctionalInterface
    interface Arguments {
        /** Formats of a structural tag, one behind the other. */
        List<Object> of(ToolDefinition tool);
    }

    private final String prefix;
    private final String beforeName;
    private final boolean nameIsJson;
    private final String afterName;
    private final Arguments arguments;
    private final String afterArguments;
    private final String separator;
    private final String suffix;

    private CallGrammar(
            String prefix,
            String beforeName,
            boolean nameIsJson,
            String afterName,
            Arguments arguments,
            String afterArguments,
            String separator,
            String suffix) {
        this.prefix = prefix;
        this.beforeName = beforeName;
        this.nameIsJson = nameIsJson;
        this.afterName = afterName;
        this.arguments = arguments;
        this.afterArguments = afterArguments;
        this.separator = separator;
        this.suffix = suffix;
    }

    /**
     * Calls that are JSON objects: what opens the object up to the name's key, and what follows the arguments.
     *
     * @param beforeName with the name's key and colon
     * @param argumentsKey the key of the arguments
     * @param afterArguments with the closing brace
     */
    static CallGrammar json(String beforeName, String argumentsKey, String afterArguments) {
        return new CallGrammar(
                "", beforeName, true, ", \"" + argumentsKey + "\": ", CallGrammar::schema, afterArguments, null, "");
    }

    /** Calls that are JSON objects with the name as key. */
    static CallGrammar jsonKey(String beforeName, String afterArguments) {
        return new CallGrammar("", beforeName, true, ": ", CallGrammar::schema, afterArguments, null, "");
    }

    /** Calls whose name stands before their JSON arguments. */
    static CallGrammar named(String beforeName, String afterName, String afterArguments) {
        return new CallGrammar("", beforeName, false, afterName, CallGrammar::schema, afterArguments, null, "");
    }

    /** Calls whose arguments are tagged parameters. */
    static CallGrammar parameters(String beforeName, String afterName, Arguments arguments, String afterArguments) {
        return new CallGrammar("", beforeName, false, afterName, arguments, afterArguments, null, "");
    }

    /** What stands around the calls, and between two of them if there may be several. */
    CallGrammar within(String prefix, String separator, String suffix) {
        return new CallGrammar(prefix, beforeName, nameIsJson, afterName, arguments, afterArguments, separator, suffix);
    }

    /** What stands between two calls. */
    CallGrammar separatedBy(String separator) {
        return within(prefix, separator, suffix);
    }

    Optional<StructuredOutput> of(List<ToolDefinition> tools, ToolChoice choice) {
        boolean named = choice.mode() == ToolChoice.Mode.NAMED;
        List<ToolDefinition> allowed = tools.stream()
                .filter(tool -> !named || tool.name().equals(choice.name()))
                .toList();
        if (allowed.isEmpty()) {
            return Optional.empty();
        }
        boolean several = separator != null && !afterArguments.isEmpty() && choice.parallel() && !named;
        Object calls = several
                ? severalCalls(allowed)
                : oneOf(allowed.stream().map(this::call).toList());
        Object format = sequence(List.of(constant(prefix), calls, constant(suffix)));
        StringBuilder json = new StringBuilder();
        JsonText.write(Ordered.map("type", "structural_tag", "format", format), json);
        return Optional.of(StructuredOutput.of(StructuredOutput.Kind.STRUCTURAL_TAG, json.toString()));
    }

    private Object severalCalls(List<ToolDefinition> tools) {
        return Ordered.map(
                "type",
                "tags_with_separator",
                "tags",
                tools.stream().map(this::tag).toList(),
                "separator",
                separator,
                "at_least_one",
                true,
                "stop_after_first",
                false);
    }

    private String begin(ToolDefinition tool) {
        return beforeName + (nameIsJson ? JsonText.quote(tool.name()) : tool.name()) + afterName;
    }

    private Object tag(ToolDefinition tool) {
        return tag(begin(tool), sequence(arguments.of(tool)), afterArguments);
    }

    private Object call(ToolDefinition tool) {
        return sequence(List.of(constant(begin(tool)), sequence(arguments.of(tool)), constant(afterArguments)));
    }

    private static List<Object> schema(ToolDefinition tool) {
        return List.of(schema(tool.parameters().isEmpty() ? Map.of("type", "object") : tool.parameters()));
    }

    static Object schema(Object schema) {
        return Ordered.map("type", "json_schema", "json_schema", schema);
    }

    static Object constant(String text) {
        return Ordered.map("type", "const_string", "value", text);
    }

    static Object tag(String begin, Object content, String end) {
        return Ordered.map("type", "tag", "begin", begin, "content", content, "end", end);
    }

    static Object anyText(List<String> excluded) {
        return Ordered.map("type", "any_text", "excludes", excluded);
    }

    static Object optional(Object content) {
        return Ordered.map("type", "optional", "content", content);
    }

    static Object oneOf(List<Object> alternatives) {
        return alternatives.size() == 1 ? alternatives.get(0) : Ordered.map("type", "or", "elements", alternatives);
    }

    static Object sequence(List<Object> formats) {
        List<Object> elements =
                formats.stream().filter(format -> !format.equals(constant(""))).toList();
        if (elements.isEmpty()) {
            return constant("");
        }
        return elements.size() == 1 ? elements.get(0) : Ordered.map("type", "sequence", "elements", elements);
    }
}
