package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Set;

/**
 * Shows that no value satisfies two schemas: their types differ, their listed values or their strings' patterns have
 * nothing in common, or both are objects that require a property whose schemas are disjoint. Where it does not show
 * that, they may still be disjoint.
 */
final class Disjointness {
    private static final int MAX_DEPTH = 8;

    private final JsonSchemaCompiler compiler;
    private final CompileBudget budget;

    Disjointness(JsonSchemaCompiler compiler, CompileBudget budget) {
        this.compiler = compiler;
        this.budget = budget;
    }

    boolean of(JsonValue a, JsonValue b, String path) {
        return disjoint(a, b, path, 0);
    }

    private boolean disjoint(JsonValue a, JsonValue b, String path, int depth) {
        budget.work();
        if (a == JsonValue.FALSE || b == JsonValue.FALSE) {
            return true;
        }
        if (depth > MAX_DEPTH || !(a instanceof JsonObject) || !(b instanceof JsonObject)) {
            return false;
        }
        JsonValue first = compiler.merger().flatten((JsonObject) a, path);
        JsonValue second = compiler.merger().flatten((JsonObject) b, path);
        if (first == JsonValue.FALSE || second == JsonValue.FALSE) {
            return true;
        }
        if (!(first instanceof JsonObject x) || !(second instanceof JsonObject y)) {
            return false;
        }
        if (x.containsKey("anyOf")) {
            return JsonSource.array(x, "anyOf", path).stream().allMatch(option -> disjoint(option, y, path, depth + 1));
        }
        if (y.containsKey("anyOf")) {
            return JsonSource.array(y, "anyOf", path).stream().allMatch(option -> disjoint(x, option, path, depth + 1));
        }
        return differentTypes(x, y, path)
                || differentValues(x, y, path)
                || differentTexts(x, y, path)
                || differentProperty(x, y, path, depth);
    }

    /** Strings of patterns and exact formats that have no text in common. */
    private boolean differentTexts(JsonObject x, JsonObject y, String path) {
        if (!exactText(x, path) || !exactText(y, path)) {
            return false;
        }
        CharAutomaton mine = StringAutomata.withoutLength(x, path, budget);
        CharAutomaton theirs = StringAutomata.withoutLength(y, path, budget);
        return mine.intersect(theirs, budget).isEmpty();
    }

    private boolean exactText(JsonObject schema, String path) {
        boolean said = schema.containsKey("pattern") || schema.containsKey("format");
        return said
                && schema.containsKey("type")
                && compiler.types(schema, path).equals(Set.of(JsonSchemaCompiler.Type.STRING))
                && (!schema.containsKey("format")
                        || schema.get("format") instanceof JsonString format
                                && StringFormats.exactly(format.getString()) != null);
    }

    /** Values that a missing type allows count here, although they are never generated. */
    private boolean differentTypes(JsonObject x, JsonObject y, String path) {
        if (LiteralValues.present(x) || LiteralValues.present(y)) {
            return LiteralValues.present(x) && onlyOtherTypes(x, y, path)
                    || LiteralValues.present(y) && onlyOtherTypes(y, x, path);
        }
        if (!x.containsKey("type") || !y.containsKey("type")) {
            return false;
        }
        Set<JsonSchemaCompiler.Type> types = compiler.types(x, path);
        Set<JsonSchemaCompiler.Type> others = compiler.types(y, path);
        return types.stream()
                .noneMatch(type -> others.contains(type)
                        || numeric(type) && others.stream().anyMatch(this::numeric));
    }

    private boolean numeric(JsonSchemaCompiler.Type type) {
        return type == JsonSchemaCompiler.Type.INTEGER || type == JsonSchemaCompiler.Type.NUMBER;
    }

    private boolean onlyOtherTypes(JsonObject listed, JsonObject typed, String path) {
        if (!typed.containsKey("type")) {
            return false;
        }
        Set<JsonSchemaCompiler.Type> types = compiler.types(typed, path);
        return LiteralValues.of(listed, path).stream()
                .map(LiteralValues::typeOf)
                .noneMatch(type ->
                        types.contains(type) || numeric(type) && types.stream().anyMatch(this::numeric));
    }

    private boolean differentValues(JsonObject x, JsonObject y, String path) {
        if (!LiteralValues.present(x) || !LiteralValues.present(y)) {
            return false;
        }
        List<JsonValue> others = LiteralValues.of(y, path);
        for (JsonValue value : LiteralValues.of(x, path)) {
            for (JsonValue other : others) {
                budget.work();
                if (LiteralValues.same(value, other)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean differentProperty(JsonObject x, JsonObject y, String path, int depth) {
        JsonObject mine = JsonSource.object(x, "properties", path);
        JsonObject theirs = JsonSource.object(y, "properties", path);
        List<String> required = JsonSource.strings(x, "required", path);
        List<String> alsoRequired = JsonSource.strings(y, "required", path);
        for (String name : required) {
            boolean forbidden = !theirs.containsKey(name)
                    && !y.containsKey("patternProperties")
                    && y.get("additionalProperties") == JsonValue.FALSE;
            boolean both = mine.containsKey(name) && theirs.containsKey(name);
            if (forbidden && objectsOnly(x, y, path)
                    || both
                            && objectsOnly(x, y, path)
                            && alsoRequired.contains(name)
                            && disjoint(mine.get(name), theirs.get(name), path, depth + 1)) {
                return true;
            }
        }
        for (String name : alsoRequired) {
            if (!mine.containsKey(name)
                    && !x.containsKey("patternProperties")
                    && x.get("additionalProperties") == JsonValue.FALSE
                    && objectsOnly(x, y, path)) {
                return true;
            }
        }
        return false;
    }

    private boolean objectsOnly(JsonObject x, JsonObject y, String path) {
        return x.containsKey("type")
                && y.containsKey("type")
                && (compiler.types(x, path).equals(Set.of(JsonSchemaCompiler.Type.OBJECT))
                        || compiler.types(y, path).equals(Set.of(JsonSchemaCompiler.Type.OBJECT)));
    }
}
