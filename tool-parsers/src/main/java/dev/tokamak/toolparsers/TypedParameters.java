package dev.tokamak.toolparsers;

import java.util.ArrayList;
import java.util.List;

/** Parameters of Kimi K3, whose tags name the type of the value: one alternative for each type that the schema allows. */
final class TypedParameters implements ParameterGrammar.Parameter {
    static final String END = "<|close|>argument<|sep|>";

    @Override
    public Object of(String key, Schema schema) {
        List<Object> alternatives = new ArrayList<>();
        if (schema.type().isString()) {
            alternatives.add(parameter(key, "string", CallGrammar.string(schema, List.of(END))));
        } else {
            List<String> types = schema.type().names();
            for (String type : types) {
                boolean only = types.size() == 1;
                Object value = type.equals("string")
                        ? CallGrammar.anyText(List.of(END))
                        : CallGrammar.schema(only ? schema.withDefinitions() : schema.ofType(type));
                alternatives.add(parameter(key, type.equals("integer") ? "number" : type, value));
            }
        }
        return CallGrammar.oneOf(alternatives);
    }

    private static Object parameter(String key, String type, Object value) {
        return CallGrammar.tag("<|open|>argument key=\"" + key + "\" type=\"" + type + "\"<|sep|>", value, END);
    }
}
