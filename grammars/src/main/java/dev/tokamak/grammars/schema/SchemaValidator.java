package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Says whether a schema allows a value that is at hand: one that {@code enum} or {@code const} lists. */
final class SchemaValidator {
    private final JsonSchemaCompiler compiler;
    private final CompileBudget budget;
    private final Map<JsonObject, CharAutomaton> contents = new HashMap<>();
    private int depth;

    SchemaValidator(JsonSchemaCompiler compiler, CompileBudget budget) {
        this.compiler = compiler;
        this.budget = budget;
    }

    boolean allows(JsonValue schema, JsonValue value, String path) {
        budget.work();
        if (!(schema instanceof JsonObject object)) {
            return schema == JsonValue.TRUE;
        }
        budget.depth(++depth);
        JsonObject modern = SchemaDialect.modern(object, path);
        boolean allowed = ofType(modern, value, path)
                && listed(modern, value, path)
                && combined(modern, value, path)
                && switch (value.getValueType()) {
                    case STRING -> string(modern, ((JsonString) value).getString(), path);
                    case NUMBER -> number(modern, ((JsonNumber) value).bigDecimalValue(), path);
                    case ARRAY -> array(modern, value.asJsonArray(), path);
                    case OBJECT -> object(modern, value.asJsonObject(), path);
                    default -> true;
                };
        depth--;
        return allowed;
    }

    private boolean ofType(JsonObject schema, JsonValue value, String path) {
        if (!schema.containsKey("type")) {
            return true;
        }
        JsonSchemaCompiler.Type type = LiteralValues.typeOf(value);
        Set<JsonSchemaCompiler.Type> types = compiler.types(schema, path);
        return types.contains(type)
                || type == JsonSchemaCompiler.Type.INTEGER && types.contains(JsonSchemaCompiler.Type.NUMBER);
    }

    private boolean listed(JsonObject schema, JsonValue value, String path) {
        boolean excluded = JsonSource.array(schema, SchemaDialect.NOT_VALUES, path).stream()
                .anyMatch(other -> LiteralValues.same(other, value));
        boolean inEnum = !schema.containsKey("enum")
                || JsonSource.array(schema, "enum", path).stream().anyMatch(other -> LiteralValues.same(other, value));
        return inEnum && !excluded && (!schema.containsKey("const") || LiteralValues.same(schema.get("const"), value));
    }

    private boolean combined(JsonObject schema, JsonValue value, String path) {
        for (String keyword : SchemaReferences.KEYWORDS) {
            if (schema.containsKey(keyword) && !allows(compiler.resolve(keyword, schema, path), value, path)) {
                return false;
            }
        }
        if (schema.containsKey("not") && allows(schema.get("not"), value, path)) {
            return false;
        }
        if (schema.containsKey("if")) {
            String taken = allows(schema.get("if"), value, path) ? "then" : "else";
            if (schema.containsKey(taken) && !allows(schema.get(taken), value, path)) {
                return false;
            }
        }
        JsonArray all = JsonSource.array(schema, "allOf", path);
        return count(all, value, path) == all.size()
                && (!schema.containsKey("anyOf") || count(JsonSource.array(schema, "anyOf", path), value, path) > 0)
                && (!schema.containsKey("oneOf") || count(JsonSource.array(schema, "oneOf", path), value, path) == 1);
    }

    private long count(List<JsonValue> schemas, JsonValue value, String path) {
        return schemas.stream().filter(schema -> allows(schema, value, path)).count();
    }

    private boolean string(JsonObject schema, String text, String path) {
        if (!StringAutomata.constrains(schema)) {
            return true;
        }
        int length = text.codePointCount(0, text.length());
        int max = StringAutomata.maxLength(schema, path);
        if (length < JsonSource.count(schema, "minLength", 0, path) || max >= 0 && length > max) {
            return false;
        }
        CharAutomaton content = contents.computeIfAbsent(schema, s -> StringAutomata.withoutLength(s, path, budget));
        return content.matches(text);
    }

    private boolean number(JsonObject schema, BigDecimal value, String path) {
        NumberAutomata.Bound low = JsonSchemaCompiler.bound(schema, "minimum", "exclusiveMinimum", 1, path);
        NumberAutomata.Bound high = JsonSchemaCompiler.bound(schema, "maximum", "exclusiveMaximum", -1, path);
        if (low != null && value.compareTo(low.value()) < (low.exclusive() ? 1 : 0)) {
            return false;
        }
        if (high != null && value.compareTo(high.value()) > (high.exclusive() ? -1 : 0)) {
            return false;
        }
        return JsonSchemaCompiler.steps(schema, "multipleOf", path).stream().allMatch(step -> multiple(value, step))
                && JsonSchemaCompiler.steps(schema, SchemaDialect.NOT_MULTIPLE_OF, path).stream()
                        .noneMatch(step -> multiple(value, step));
    }

    private static boolean multiple(BigDecimal value, BigDecimal step) {
        return step.signum() > 0 && value.remainder(step).signum() == 0;
    }

    private boolean array(JsonObject schema, JsonArray array, String path) {
        int max = JsonSource.count(schema, "maxItems", -1, path);
        if (array.size() < JsonSource.count(schema, "minItems", 0, path) || max >= 0 && array.size() > max) {
            return false;
        }
        JsonArray prefix = JsonSource.array(schema, "prefixItems", path);
        JsonValue rest = schema.getOrDefault("items", JsonValue.TRUE);
        for (int i = 0; i < array.size(); i++) {
            if (!allows(i < prefix.size() ? prefix.get(i) : rest, array.get(i), path)) {
                return false;
            }
        }
        refuseUnevaluated(schema, "unevaluatedItems", path);
        boolean contained = !schema.containsKey("contains") || contains(schema, array, path);
        for (JsonValue contains : JsonSource.array(schema, SchemaDialect.CONTAINS, path)) {
            contained &= contains(contains.asJsonObject(), array, path);
        }
        return contained && (!JsonSource.flag(schema, "uniqueItems", path) || unique(array));
    }

    private boolean contains(JsonObject schema, JsonArray array, String path) {
        long count = array.stream()
                .filter(element -> allows(schema.get("contains"), element, path))
                .count();
        int max = JsonSource.count(schema, "maxContains", -1, path);
        return count >= JsonSource.count(schema, "minContains", 1, path) && (max < 0 || count <= max);
    }

    private boolean unique(JsonArray array) {
        for (int i = 0; i < array.size(); i++) {
            for (int j = 0; j < i; j++) {
                budget.work();
                if (LiteralValues.same(array.get(i), array.get(j))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean object(JsonObject schema, JsonObject object, String path) {
        int max = JsonSource.count(schema, "maxProperties", -1, path);
        if (object.size() < JsonSource.count(schema, "minProperties", 0, path) || max >= 0 && object.size() > max) {
            return false;
        }
        refuseUnevaluated(schema, "unevaluatedProperties", path);
        if (!object.keySet().containsAll(JsonSource.strings(schema, "required", path))) {
            return false;
        }
        boolean allowed = members(schema, object, path) && depending(schema, object, path);
        for (JsonValue layer : JsonSource.array(schema, SchemaDialect.LAYERS, path)) {
            allowed = allowed && members(layer.asJsonObject(), object, path);
        }
        return allowed;
    }

    private boolean members(JsonObject schema, JsonObject object, String path) {
        JsonObject properties = JsonSource.object(schema, "properties", path);
        JsonObject patterns = JsonSource.object(schema, "patternProperties", path);
        for (Map.Entry<String, JsonValue> member : object.entrySet()) {
            String name = member.getKey();
            boolean spoken = properties.containsKey(name);
            if (spoken && !allows(properties.get(name), member.getValue(), path)) {
                return false;
            }
            for (Map.Entry<String, JsonValue> pattern : patterns.entrySet()) {
                if (StringAutomata.pattern(pattern.getKey(), budget).matches(name)) {
                    spoken = true;
                    if (!allows(pattern.getValue(), member.getValue(), path)) {
                        return false;
                    }
                }
            }
            JsonValue additional = schema.getOrDefault("additionalProperties", JsonValue.TRUE);
            JsonValue names = schema.getOrDefault("propertyNames", JsonValue.TRUE);
            if (!spoken && !allows(additional, member.getValue(), path) || !allows(names, compiler.text(name), path)) {
                return false;
            }
        }
        return true;
    }

    private boolean depending(JsonObject schema, JsonObject object, String path) {
        JsonObject required = JsonSource.object(schema, "dependentRequired", path);
        for (String name : required.keySet()) {
            if (object.containsKey(name) && !object.keySet().containsAll(JsonSource.strings(required, name, path))) {
                return false;
            }
        }
        return JsonSource.object(schema, "dependentSchemas", path).entrySet().stream()
                .allMatch(dependent ->
                        !object.containsKey(dependent.getKey()) || allows(dependent.getValue(), object, path));
    }

    private static void refuseUnevaluated(JsonObject schema, String keyword, String path) {
        if (schema.containsKey(keyword)) {
            throw CompileBudget.refuse("'" + keyword + "' beside 'enum' or 'const' at '" + path
                    + "' is not supported for arrays and objects");
        }
    }
}
