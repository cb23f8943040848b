package dev.tokamak.protocol.json;

import dev.tokamak.protocol.ProtocolException;
import jakarta.json.JsonException;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParserFactory;
import jakarta.json.stream.JsonParsingException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads JSON from strangers: valid UTF-8, one document, no key twice, bounded depth and number length. What comes out is
 * {@link Map} in order, {@link List}, {@link String}, {@link Long} ({@link BigInteger} where it does not fit), {@link Double},
 * {@link Boolean} and null, which is also what chat templates take.
 */
public final class StrictJson {
    /** How deep objects and lists may be nested. */
    public static final int MAX_DEPTH = 128;

    /** How many characters a number may have. */
    public static final int MAX_NUMBER_LENGTH = 128;

    private static final JsonParserFactory PARSERS = JsonProvider.provider().createParserFactory(Map.of());

    private final JsonParser parser;

    private StrictJson(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads a request's body, which has to be an object.
     *
     * @param body UTF-8
     * @return the object's fields
     * @throws ProtocolException 400 if the body is anything else; it names the place
     */
    public static Fields object(byte[] body) {
        Object value = value(text(body));
        if (!(value instanceof Map<?, ?> map)) {
            throw notJson("expected a JSON object, got " + Fields.describe(value));
        }
        return Fields.root(map);
    }

    /**
     * Reads any JSON value.
     *
     * @param json the text
     * @return the value
     * @throws ProtocolException 400 if the text is no JSON; it names the place
     */
    public static Object value(String json) {
        try (JsonParser parser = PARSERS.createParser(new StringReader(json))) {
            if (!parser.hasNext()) {
                throw notJson("it is empty");
            }
            StrictJson reader = new StrictJson(parser);
            Object value = reader.value(parser.next(), 0);
            if (parser.hasNext()) {
                throw notJson("there is more behind the end of the document");
            }
            return value;
        } catch (JsonParsingException e) {
            throw notJson("there is an error at line " + e.getLocation().getLineNumber() + ", column "
                    + e.getLocation().getColumnNumber() + " (offset "
                    + e.getLocation().getStreamOffset() + ")");
        } catch (JsonException | NoSuchElementException | IllegalStateException e) {
            throw notJson("it ends too early or is malformed");
        }
    }

    private static String text(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw notJson("it is not UTF-8");
        }
    }

    private Object value(Event event, int depth) {
        return switch (event) {
            case START_OBJECT -> object(deeper(depth));
            case START_ARRAY -> list(deeper(depth));
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER -> number(parser.getString());
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            case KEY_NAME, END_OBJECT, END_ARRAY -> throw notJson("it is malformed");
        };
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
            String key = parser.getString();
            Object value = value(parser.next(), depth);
            if (object.containsKey(key)) {
                throw notJson("the key " + Fields.describe(key) + " is there twice at line "
                        + parser.getLocation().getLineNumber() + ", column "
                        + parser.getLocation().getColumnNumber());
            }
            object.put(key, value);
        }
        return object;
    }

    private List<Object> list(int depth) {
        List<Object> list = new ArrayList<>();
        for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
            list.add(value(event, depth));
        }
        return list;
    }

    private static int deeper(int depth) {
        if (depth == MAX_DEPTH) {
            throw notJson("it is nested deeper than " + MAX_DEPTH);
        }
        return depth + 1;
    }

    private static Object number(String text) {
        if (text.length() > MAX_NUMBER_LENGTH) {
            throw notJson("a number has " + text.length() + " characters, at most " + MAX_NUMBER_LENGTH + " are taken: "
                    + text.substring(0, 20) + "…");
        }
        boolean whole = text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
        if (!whole) {
            double value = Double.parseDouble(text);
            if (!Double.isFinite(value)) {
                throw notJson("the number " + text + " is too large");
            }
            return value;
        }
        if (text.length() <= 18) {
            return Long.parseLong(text);
        }
        BigInteger value = new BigInteger(text);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private static ProtocolException notJson(String why) {
        return new ProtocolException(
                400,
                "the request's body is not the JSON it should be: " + why,
                "invalid_request_error",
                null,
                "invalid_json");
    }
}
