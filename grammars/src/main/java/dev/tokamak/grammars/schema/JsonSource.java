package dev.tokamak.grammars.schema;

import dev.tokamak.api.TokamakException;
import dev.tokamak.grammars.limits.CompileBudget;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.eclipse.parsson.JsonProviderImpl;

/** Reads JSON that a client wrote, and its fields with the types they must have. */
public final class JsonSource {
    /** Values of a larger magnitude or finer fraction than this many digits are refused rather than expanded. */
    private static final int MAX_DIGITS = 400;

    /** So many characters, elements or members are beyond every model's context. */
    private static final int UNREACHABLE = 1 << 24;

    private JsonSource() {}

    public static JsonValue parse(String what, String text) {
        try (JsonParser parser = new JsonProviderImpl().createParser(new StringReader(text))) {
            parser.next();
            JsonValue value = parser.getValue();
            if (parser.hasNext()) {
                throw CompileBudget.refuse("The " + what + " is not valid JSON: there is more after its end");
            }
            return value;
        } catch (TokamakException e) {
            throw e;
        } catch (JsonException | NoSuchElementException e) {
            throw CompileBudget.refuse("The " + what + " is not valid JSON: " + firstLine(e.getMessage()));
        } catch (RuntimeException e) {
            // The parser reports its own limits (nesting, digits) with plain runtime exceptions.
            throw CompileBudget.refuse("The " + what + " cannot be read as JSON: " + firstLine(e.getMessage()));
        }
    }

    private static String firstLine(String message) {
        return message == null ? "unexpected end" : message.lines().findFirst().orElse("");
    }

    private static TokamakException mistyped(String path, String key, String expected, JsonValue found) {
        return CompileBudget.refuse(
                "'" + key + "' at '" + path + "' must be " + expected + ", not " + found.getValueType());
    }

    public static String string(JsonObject object, String key, String path) {
        JsonValue value = object.get(key);
        if (!(value instanceof JsonString)) {
            throw value == null ? missing(path, key) : mistyped(path, key, "a string", value);
        }
        return ((JsonString) value).getString();
    }

    public static TokamakException missing(String path, String key) {
        return CompileBudget.refuse("'" + key + "' is missing at '" + path + "'");
    }

    static JsonObject object(JsonObject object, String key, String path) {
        JsonValue value = object.getOrDefault(key, JsonValue.EMPTY_JSON_OBJECT);
        if (!(value instanceof JsonObject)) {
            throw mistyped(path, key, "an object", value);
        }
        return (JsonObject) value;
    }

    public static JsonArray array(JsonObject object, String key, String path) {
        JsonValue value = object.getOrDefault(key, JsonValue.EMPTY_JSON_ARRAY);
        if (!(value instanceof JsonArray)) {
            throw mistyped(path, key, "an array", value);
        }
        return (JsonArray) value;
    }

    public static List<String> strings(JsonObject object, String key, String path) {
        List<String> strings = new ArrayList<>();
        for (JsonValue value : array(object, key, path)) {
            if (!(value instanceof JsonString)) {
                throw mistyped(path, key, "an array of strings", value);
            }
            strings.add(((JsonString) value).getString());
        }
        return strings;
    }

    /** A count of zero or more, or the value for a field that is absent. */
    public static int count(JsonObject object, String key, int absent, String path) {
        JsonValue value = object.get(key);
        if (value == null) {
            return absent;
        }
        BigDecimal number = number(object, key, path);
        if (number.signum() < 0 || number.stripTrailingZeros().scale() > 0) {
            throw CompileBudget.refuse(
                    "'" + key + "' at '" + path + "' must be a whole number of 0 or more, not " + value);
        }
        return number.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    /** A greatest count, or -1 for none and for one that no answer can reach. */
    static int most(JsonObject object, String key, String path) {
        int most = count(object, key, -1, path);
        return most >= UNREACHABLE ? -1 : most;
    }

    static BigDecimal number(JsonObject object, String key, String path) {
        JsonValue value = object.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof JsonNumber)) {
            throw mistyped(path, key, "a number", value);
        }
        BigDecimal number = ((JsonNumber) value).bigDecimalValue().stripTrailingZeros();
        if (number.scale() > MAX_DIGITS || number.precision() - number.scale() > MAX_DIGITS) {
            throw CompileBudget.refuse(
                    "'" + key + "' at '" + path + "' has more than the limit of " + MAX_DIGITS + " digits");
        }
        return number;
    }

    public static boolean flag(JsonObject object, String key, String path) {
        JsonValue value = object.getOrDefault(key, JsonValue.FALSE);
        if (value != JsonValue.TRUE && value != JsonValue.FALSE) {
            throw mistyped(path, key, "true or false", value);
        }
        return value == JsonValue.TRUE;
    }

    /** Refuses the fields that are not named. */
    public static void only(JsonObject object, Set<String> fields, String path) {
        for (String key : object.keySet()) {
            if (!fields.contains(key)) {
                throw CompileBudget.refuse("'" + key + "' at '" + path + "' is not supported");
            }
        }
    }
}
