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
    private final String begin;
    private final String keyEndOfString;
    private final String keyEnd;
    private final String end;
    /** What a string must not hold: the end tag, with or without the line breaks around it. */
    private final List<String> excluded;

    ParameterGrammar(String begin, String keyEnd, String end, String... excluded) {
        this(begin, keyEnd, keyEnd, end, List.of(excluded));
    }

    /** For formats that say whether a value is a string. */
    ParameterGrammar(String begin, String keyEndOfString, String keyEnd, String end, List<String> excluded) {
        this.excluded = new ArrayList<>(excluded);
        this.excluded.add(end.strip());
        this.begin = begin;
        this.keyEndOfString = keyEndOfString;
        this.keyEnd = keyEnd;
        this.end = end;
    }

    @Override
    public List<Object> of(ToolDefinition tool) {
        List<Object> formats = new ArrayList<>();
        if (!(tool.parameters().get("properties") instanceof Map<?, ?> properties)) {
            return formats;
        }
        Object required = tool.parameters().get("required");
        for (Object key : properties.keySet()) {
            Schema property = Schema.of(tool.parameters()).property(key.toString());
            boolean string = property.type().isString();
            Object value =
                    string ? CallGrammar.string(property, excluded) : CallGrammar.schema(property.withDefinitions());
            Object parameter = CallGrammar.tag(begin + key + (string ? keyEndOfString : keyEnd), value, end);
            boolean mayBeMissing = !(required instanceof List<?> names) || !names.contains(key);
            formats.add(mayBeMissing ? CallGrammar.optional(parameter) : parameter);
        }
        return formats;
    }
}
