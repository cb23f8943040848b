package dev.tokamak.toolparsers;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How a model is held to a format: a structural tag with one alternative for each tool, in which only the arguments are free
 * within their schema.
 */
final class CallGrammar {
    private static final Map<String, Object> NO_ARGUMENTS =
            Map.of("type", "object", "properties", Map.of(), "additionalProperties", false);

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
    private final boolean argumentsAreJson;
    private final String afterArguments;
    private final String separator;
    private final String suffix;

    /**
     * @param arguments null for the JSON of the tool's schema
     */
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
        this.arguments = arguments == null ? CallGrammar::schema : arguments;
        this.argumentsAreJson = arguments == null;
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
        return new CallGrammar("", beforeName, true, ", \"" + argumentsKey + "\": ", null, afterArguments, null, "");
    }

    /** Calls that are JSON objects with the name as key. */
    static CallGrammar jsonKey(String beforeName, String afterArguments) {
        return new CallGrammar("", beforeName, true, ": ", null, afterArguments, null, "");
    }

    /** Calls whose name stands before their JSON arguments. */
    static CallGrammar named(String beforeName, String afterName, String afterArguments) {
        return new CallGrammar("", beforeName, false, afterName, null, afterArguments, null, "");
    }

    /** Calls whose arguments are tagged parameters. */
    static CallGrammar parameters(String beforeName, String afterName, Arguments arguments, String afterArguments) {
        return new CallGrammar("", beforeName, false, afterName, arguments, afterArguments, null, "");
    }

    /** What stands around the calls, and between two of them if there may be several. */
    CallGrammar within(String prefix, String separator, String suffix) {
        return new CallGrammar(
                prefix,
                beforeName,
                nameIsJson,
                afterName,
                argumentsAreJson ? null : arguments,
                afterArguments,
                separator,
                suffix);
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
        return Optional.of(structuralTag(format));
    }

    static StructuredOutput structuralTag(Object format) {
        StringBuilder json = new StringBuilder();
        JsonText.write(Ordered.map("type", "structural_tag", "format", format), json);
        return StructuredOutput.of(StructuredOutput.Kind.STRUCTURAL_TAG, json.toString());
    }

    /** The text with which all calls begin, or what stands around them. */
    String opening() {
        return prefix + beforeName;
    }

    /**
     * What may follow once calls have begun: each call by itself, or all of them within what stands around them. Only strict tools
     * are held to their schema.
     *
     * @param trigger the beginning of {@link #opening()}
     */
    List<Object> triggered(String trigger, List<ToolDefinition> tools, boolean parallel) {
        if (prefix.isEmpty()) {
            return tools.stream().map(this::guardedTag).toList();
        }
        boolean several = separator != null && !afterArguments.isEmpty() && parallel;
        List<Object> tags = tools.stream().map(this::guardedTag).toList();
        Object calls = several ? separated(tags) : oneOf(tags);
        return List.of(tag(trigger, sequence(List.of(constant(prefix.substring(trigger.length())), calls)), suffix));
    }

    private Object guardedTag(ToolDefinition tool) {
        if (tool.strict()) {
            return tag(tool);
        }
        if (argumentsAreJson) {
            return tag(begin(tool), schema(Map.of("type", "object")), afterArguments);
        }
        // Free up to the call's end, with the white space of the template or without.
        List<String> ends = Stream.of(afterArguments, afterArguments.replaceAll("\\s+", ""))
                .distinct()
                .toList();
        return Ordered.map("type", "tag", "begin", begin(tool), "content", anyText(List.of()), "end", ends);
    }

    private Object severalCalls(List<ToolDefinition> tools) {
        return separated(tools.stream().map(this::tag).toList());
    }

    private Object separated(List<Object> tags) {
        return Ordered.map(
                "type",
                "tags_with_separator",
                "tags",
                tags,
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
        return List.of(schema(takesNothing(tool.parameters()) ? NO_ARGUMENTS : tool.parameters()));
    }

    /** Whether no parameter is named and none may be made up: a schema would allow any object then. */
    private static boolean takesNothing(Map<String, Object> parameters) {
        Object properties = parameters.getOrDefault("properties", Map.of());
        return properties instanceof Map<?, ?> named
                && named.isEmpty()
                && Set.of("type", "properties", "required", "title", "description", "$schema", "strict")
                        .containsAll(parameters.keySet())
                && parameters.getOrDefault("type", "object").equals("object")
                && parameters.getOrDefault("required", List.of()).equals(List.of());
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

    /** A string as it stands: one of those that its schema lists, or any. */
    static Object string(Schema schema, List<String> excluded) {
        List<Object> texts = schema.texts().stream()
                .filter(text -> excluded.stream().noneMatch(text::contains))
                .map(CallGrammar::constant)
                .toList();
        return texts.isEmpty() ? anyText(excluded) : oneOf(texts);
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
