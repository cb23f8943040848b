package dev.tokamak.demo.model;

import dev.tokamak.api.ChatPrompt;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One line of the held-out set: a conversation, and what its answer must be. The model's README describes the format. */
final class HeldOutQuestion {
    private static final Pattern CALL = Pattern.compile("<tool_call>(.*?)</tool_call>", Pattern.DOTALL);

    private final JsonObject line;

    private HeldOutQuestion(JsonObject line) {
        this.line = line;
    }

    /** All questions on their own, in the file's order. */
    static List<HeldOutQuestion> all() {
        return lines("evaluation.jsonl").stream().map(HeldOutQuestion::new).toList();
    }

    /** Questions that end a long conversation; those that end the same one follow each other. */
    static List<HeldOutQuestion> afterLongConversations() {
        List<HeldOutQuestion> questions = new ArrayList<>();
        for (JsonObject conversation : lines("long-evaluation.jsonl")) {
            for (JsonObject question : conversation.getJsonArray("questions").getValuesAs(JsonObject.class)) {
                JsonArrayBuilder messages = Json.createArrayBuilder(conversation.getJsonArray("messages"));
                question.getJsonArray("messages").forEach(messages::add);
                questions.add(new HeldOutQuestion(Json.createObjectBuilder(conversation)
                        .remove("questions")
                        .addAll(Json.createObjectBuilder(question))
                        .add("messages", messages)
                        .build()));
            }
        }
        return questions;
    }

    private static List<JsonObject> lines(String name) {
        try (InputStream in = HeldOutQuestion.class.getResourceAsStream(name);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().map(text -> json(text).asJsonObject()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String id() {
        return line.getString("id");
    }

    String category() {
        return line.getString("category");
    }

    int maxTokens() {
        return line.getInt("max_tokens");
    }

    String lastMessage() {
        List<JsonObject> messages = line.getJsonArray("messages").getValuesAs(JsonObject.class);
        return messages.get(messages.size() - 1).getString("content");
    }

    ChatPrompt prompt() {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (JsonObject message : line.getJsonArray("messages").getValuesAs(JsonObject.class)) {
            Map<String, Object> plain = object(message);
            if (plain.get("tool_calls") instanceof List<?> calls) {
                calls.forEach(HeldOutQuestion::parseArguments);
            }
            messages.add(plain);
        }
        List<Map<String, Object>> tools = line.containsKey("tools")
                ? line.getJsonArray("tools").stream()
                        .map(tool -> object(tool.asJsonObject()))
                        .toList()
                : List.of();
        return new ChatPrompt(messages, tools, true, false, Map.of(), Optional.empty());
    }

    /** Whether a reply, raw as the model wrote it, is what this question wants. */
    boolean isAnsweredBy(String reply) {
        JsonObject expected = line.getJsonObject("expect");
        if (expected.containsKey("pattern")) {
            return Pattern.compile(expected.getString("pattern"))
                    .matcher(reply.strip())
                    .find();
        }
        List<Object> calls = new ArrayList<>();
        Matcher blocks = CALL.matcher(reply);
        while (blocks.find()) {
            try {
                calls.add(plain(json(blocks.group(1))));
            } catch (JsonException e) {
                return false;
            }
        }
        boolean everyCallIsClosed = reply.split("<tool_call>", -1).length - 1 == calls.size();
        return everyCallIsClosed && calls.equals(plain(expected.get("calls")));
    }

    /** A request carries a call's arguments as JSON text; templates want the value. */
    @SuppressWarnings("unchecked")
    private static void parseArguments(Object call) {
        Map<String, Object> function = (Map<String, Object>) ((Map<String, Object>) call).get("function");
        function.computeIfPresent("arguments", (key, text) -> plain(json((String) text)));
    }

    private static JsonValue json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readValue();
        }
    }

    private static Map<String, Object> object(JsonObject json) {
        Map<String, Object> plain = new LinkedHashMap<>();
        json.forEach((key, value) -> plain.put(key, plain(value)));
        return plain;
    }

    /** The value as plain objects; numbers that are equal become equal objects, so 2.0 is 2. */
    private static Object plain(JsonValue value) {
        return switch (value.getValueType()) {
            case OBJECT -> object(value.asJsonObject());
            case ARRAY -> {
                List<Object> items = new ArrayList<>();
                value.asJsonArray().forEach(item -> items.add(plain(item)));
                yield items;
            }
            case STRING -> ((JsonString) value).getString();
            case NUMBER -> number(((JsonNumber) value).bigDecimalValue());
            case TRUE -> true;
            case FALSE -> false;
            case NULL -> null;
        };
    }

    private static Object number(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() <= 0 ? (Object) stripped.longValueExact() : (Object) stripped.doubleValue();
    }
}
