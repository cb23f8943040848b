package dev.tokamak.grammars;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The values that {@code enum} and {@code const} list, and what else a schema demands of them. */
final class LiteralValues {
    private static final Set<String> CHECKED = Set.of(
            "type",
            "enum",
            "const",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf");

    private LiteralValues() {}

    static boolean present(JsonObject schema) {
        return schema.containsKey("enum") || schema.containsKey("const");
    }

    static List<JsonValue> of(JsonObject schema, String path) {
        List<JsonValue> values = new ArrayList<>();
        if (schema.containsKey("enum")) {
            values.addAll(JsonSource.array(schema, "enum", path));
            if (schema.containsKey("const")) {
                values.removeIf(value -> !same(value, schema.get("const")));
            }
        } else {
            values.add(schema.get("const"));
        }
        return values;
    }

    /** Equality as JSON Schema has it: numbers by value. */
    static boolean same(JsonValue a, JsonValue b) {
        if (a instanceof JsonNumber x && b instanceof JsonNumber y) {
            return x.bigDecimalValue().compareTo(y.bigDecimalValue()) == 0;
        }
        if (a instanceof JsonArray x && b instanceof JsonArray y) {
            if (x.size() != y.size()) {
                return false;
            }
            for (int i = 0; i < x.size(); i++) {
                if (!same(x.get(i), y.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof JsonObject x && b instanceof JsonObject y) {
            return x.keySet().equals(y.keySet()) && x.keySet().stream().allMatch(key -> same(x.get(key), y.get(key)));
        }
        return a.equals(b);
    }

    static JsonSchemaCompiler.Type typeOf(JsonValue value) {
        return switch (value.getValueType()) {
            case NULL -> JsonSchemaCompiler.Type.NULL;
            case TRUE, FALSE -> JsonSchemaCompiler.Type.BOOLEAN;
            case STRING -> JsonSchemaCompiler.Type.STRING;
            case ARRAY -> JsonSchemaCompiler.Type.ARRAY;
            case OBJECT -> JsonSchemaCompiler.Type.OBJECT;
            case NUMBER -> whole((JsonNumber) value) ? JsonSchemaCompiler.Type.INTEGER : JsonSchemaCompiler.Type.NUMBER;
        };
    }

    private static boolean whole(JsonNumber number) {
        return number.bigDecimalValue().stripTrailingZeros().scale() <= 0;
    }

    /** Whether the schema's other keywords allow a listed value. */
    static boolean allowed(
            JsonValue value, JsonObject schema, JsonSchemaCompiler compiler, String path, CompileBudget budget) {
        JsonSchemaCompiler.Type type = typeOf(value);
        if (schema.containsKey("type")) {
            Set<JsonSchemaCompiler.Type> types = compiler.types(schema, path);
            boolean asNumber =
                    type == JsonSchemaCompiler.Type.INTEGER && types.contains(JsonSchemaCompiler.Type.NUMBER);
            if (!types.contains(type) && !asNumber) {
                return false;
            }
        }
        boolean nested = type == JsonSchemaCompiler.Type.ARRAY || type == JsonSchemaCompiler.Type.OBJECT;
        for (String keyword : schema.keySet()) {
            if (nested && !CHECKED.contains(keyword) && !JsonSchemaCompiler.isAnnotation(keyword)) {
                throw CompileBudget.refuse("'" + keyword + "' beside 'enum' or 'const' at '" + path
                        + "' is not supported for arrays and objects");
            }
        }
        if (value instanceof JsonString text) {
            return !StringAutomata.constrains(schema)
                    || StringAutomata.of(schema, path, budget).matches(text.getString());
        }
        return !(value instanceof JsonNumber number) || inRange(number.bigDecimalValue(), schema, path);
    }

    private static boolean inRange(BigDecimal value, JsonObject schema, String path) {
        NumberAutomata.Bound low = JsonSchemaCompiler.bound(schema, "minimum", "exclusiveMinimum", 1, path);
        NumberAutomata.Bound high = JsonSchemaCompiler.bound(schema, "maximum", "exclusiveMaximum", -1, path);
        if (low != null && value.compareTo(low.value()) < (low.exclusive() ? 1 : 0)) {
            return false;
        }
        if (high != null && value.compareTo(high.value()) > (high.exclusive() ? -1 : 0)) {
            return false;
        }
        for (BigDecimal step : JsonSchemaCompiler.steps(schema, path)) {
            if (step.signum() <= 0 || value.remainder(step).signum() != 0) {
                return false;
            }
        }
        return true;
    }
}
