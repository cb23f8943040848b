package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds a model to arguments as {@code a="x", b=1}: what the schema requires first, then what it allows. Values are JSON of
 * their schema, which the languages' literals include, but for strings where a language has quotes of its own.
 */
final class NamedArgumentsGrammar implements CallGrammar.Arguments {
    private final String sign;
    private final String separator;
    private final String quote;

    /**
     * A grammar.
     *
     * @param sign what stands between a name and its value
     * @param separator what stands between arguments
     * @param quote what stands at both ends of a string, or empty for JSON's
     */
    NamedArgumentsGrammar(String sign, String separator, String quote) {
        this.sign = sign;
        this.separator = separator;
        this.quote = quote;
    }

    @Override
    public List<Object> of(ToolDefinition tool) {
        if (!(tool.parameters().get("properties") instanceof Map<?, ?> properties)) {
            return List.of();
        }
        Object required = tool.parameters().get("required");
        List<String> needed = new ArrayList<>();
        List<String> optional = new ArrayList<>();
        for (Object key : properties.keySet()) {
            boolean mayBeMissing = !(required instanceof List<?> names) || !names.contains(key);
            (mayBeMissing ? optional : needed).add(key.toString());
        }
        if (!needed.isEmpty()) {
            List<Object> formats = new ArrayList<>();
            for (String key : needed) {
                formats.add(argument(formats.isEmpty() ? "" : separator, key, tool));
            }
            formats.addAll(following(optional, tool));
            return formats;
        }
        List<Object> firsts = new ArrayList<>();
        for (int i = 0; i < optional.size(); i++) {
            List<Object> formats = new ArrayList<>();
            formats.add(argument("", optional.get(i), tool));
            formats.addAll(following(optional.subList(i + 1, optional.size()), tool));
            firsts.add(CallGrammar.sequence(formats));
        }
        return firsts.isEmpty() ? List.of() : List.of(CallGrammar.optional(CallGrammar.oneOf(firsts)));
    }

    private List<Object> following(List<String> keys, ToolDefinition tool) {
        return keys.stream()
                .map(key -> CallGrammar.optional(argument(separator, key, tool)))
                .toList();
    }

    private Object argument(String before, String key, ToolDefinition tool) {
        Schema property = Schema.of(tool.parameters()).property(key);
        String begin = before + key + sign;
        if (!quote.isEmpty() && property.type().isString()) {
            return CallGrammar.tag(begin + quote, CallGrammar.string(property, List.of(quote)), quote);
        }
        return CallGrammar.sequence(
                List.of(CallGrammar.constant(begin), CallGrammar.schema(property.withDefinitions())));
    }
}
