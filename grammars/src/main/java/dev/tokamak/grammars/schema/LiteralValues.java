package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** The values that {@code enum} and {@code const} list, and what else a schema demands of them. */
final class LiteralValues {
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

    /** The listed values that the schema's other keywords allow. */
    static List<JsonValue> allowed(JsonObject schema, JsonSchemaCompiler compiler, String path, CompileBudget budget) {
        SchemaValidator validator = new SchemaValidator(compiler, budget);
        List<JsonValue> allowed = new ArrayList<>();
        for (JsonValue value : of(schema, path)) {
            budget.work();
            if (validator.allows(schema, value, path)) {
                allowed.add(value);
            }
        }
        return allowed;
    }
}
