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

    ParameterGrammar(String begin, String keyEnd, String end) {
        this(begin, keyEnd, keyEnd, end);
    }

    /** For formats that say whether a value is a string. */
    ParameterGrammar(String begin, String keyEndOfString, String keyEnd, String end) {
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
        properties.forEach((key, schema) -> {
            boolean string =
                    Schema.of(tool.parameters()).property(key.toString()).type().isString();
            Object value = string ? CallGrammar.anyText() : CallGrammar.schema(withDefinitions(schema, tool));
            Object parameter = CallGrammar.tag(begin + key + (string ? keyEndOfString : keyEnd), value, end);
            boolean mayBeMissing = !(required instanceof List<?> names) || !names.contains(key);
            formats.add(mayBeMissing ? CallGrammar.oneOf(List.of(parameter, CallGrammar.constant(""))) : parameter);
        });
        return formats;
    }

    /** A property's schema may refer to definitions of the whole. */
    private static Object withDefinitions(Object schema, ToolDefinition tool) {
        if (!(schema instanceof Map<?, ?> map)) {
            return schema;
        }
        Map<String, Object> whole = Ordered.map();
        map.forEach((key, value) -> whole.put(key.toString(), value));
        for (String key : List.of("$defs", "definitions")) {
            if (tool.parameters().get(key) instanceof Map<?, ?> definitions) {
                whole.putIfAbsent(key, definitions);
            }
        }
        return whole;
    }
}
