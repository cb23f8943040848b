package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds a model to tagged parameters: the schema's properties in their order, strings as free text up to the end tag, other
 * values as JSON of their schema. What the schema does not require may be left out.
 */
final class ParameterGrammar implements CallGrammar.Arguments {
    /** One parameter with its tags. */
    @FunctionalInterface
    interface Parameter {
        /** The format of a structural tag for a parameter of a schema. */
        Object of(String key, Schema schema);
    }

    private final Parameter parameter;

    /** For tags of any kind. */
    ParameterGrammar(Parameter parameter) {
        this.parameter = parameter;
    }

    ParameterGrammar(String begin, String keyEnd, String end, String... excluded) {
        this(begin, keyEnd, keyEnd, end, List.of(excluded));
    }

    /**
     * For formats that say whether a value is a string.
     *
     * @param excluded what a string must not hold besides the end tag, which it must not hold with or without the line breaks
     *     around it
     */
    ParameterGrammar(String begin, String keyEndOfString, String keyEnd, String end, List<String> excluded) {
        List<String> all = new ArrayList<>(excluded);
        all.add(end.strip());
        this.parameter = (key, schema) -> CallGrammar.tag(
                begin + key + (schema.type().isString() ? keyEndOfString : keyEnd), value(schema, all), end);
    }

    /** A string as it stands, anything else as JSON. */
    static Object value(Schema schema, List<String> excluded) {
        return schema.type().isString()
                ? CallGrammar.string(schema, excluded)
                : CallGrammar.schema(schema.withDefinitions());
    }

    @Override
    public List<Object> of(ToolDefinition tool) {
        List<Object> formats = new ArrayList<>();
        if (!(tool.parameters().get("properties") instanceof Map<?, ?> properties)) {
            return formats;
        }
        Object required = tool.parameters().get("required");
        for (Object key : properties.keySet()) {
            Object format =
                    parameter.of(key.toString(), Schema.of(tool.parameters()).property(key.toString()));
            boolean mayBeMissing = !(required instanceof List<?> names) || !names.contains(key);
            formats.add(mayBeMissing ? CallGrammar.optional(format) : format);
        }
        return formats;
    }
}
