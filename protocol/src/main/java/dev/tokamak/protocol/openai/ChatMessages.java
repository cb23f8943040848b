package dev.tokamak.protocol.openai;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code messages} and turns them into what chat templates expect: contents as text or as parts, arguments of earlier tool
 * calls parsed, reasoning under both names that templates use.
 */
final class ChatMessages {
    static final int MAX_MESSAGES = 16_384;
    private static final int MAX_PARTS = 4_096;
    private static final int MAX_CALLS = 1_024;
    private static final Set<String> TEXT_PARTS = Set.of("text", "input_text", "output_text");

    /** How contents are handed over. */
    enum Shape {
        /** Text parts are joined with line breaks. */
        TEXT,
        /** As the client wrote it: a text stays a text, a list a list. */
        AS_WRITTEN,
        /** Always a list of parts. */
        PARTS
    }

    private ChatMessages() {}

    static List<Map<String, Object>> read(Fields fields, Shape shape) {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (Fields message : fields.objects("messages", MAX_MESSAGES)) {
            messages.add(message(message, shape));
        }
        if (messages.isEmpty()) {
            throw fields.has("messages")
                    ? ProtocolException.invalidValue("messages", "messages must not be empty")
                    : ProtocolException.missing("messages");
        }
        return messages;
    }

    private static Map<String, Object> message(Fields message, Shape shape) {
        UnservedFields.refuseInMessage(message);
        Map<String, Object> read = new LinkedHashMap<>();
        String role = role(message);
        read.put("role", role);
        boolean assistant = role.equals("assistant");
        read.put("content", content(message, shape));
        message.string("name").ifPresent(name -> read.put("name", name));
        message.string("tool_call_id").ifPresent(id -> read.put("tool_call_id", id));
        if (assistant) {
            message.string("reasoning")
                    .or(() -> message.string("reasoning_content"))
                    .ifPresent(reasoning -> {
                        read.put("reasoning", reasoning);
                        read.put("reasoning_content", reasoning);
                        read.put("thinking", reasoning);
                    });
            List<Map<String, Object>> calls = toolCalls(message);
            if (!calls.isEmpty()) {
                read.put("tool_calls", calls);
            }
        }
        return read;
    }

    /** Templates know {@code system} only; {@code developer} is OpenAI's newer word for it. Other roles are the template's matter. */
    private static String role(Fields message) {
        String role = message.requiredString("role");
        if (role.isEmpty()) {
            throw ProtocolException.invalidValue(message.path("role"), message.path("role") + " must not be empty");
        }
        return role.equals("developer") ? "system" : role;
    }

    /** No content is empty content, whoever says nothing: a model's own turn of tool calls has none. */
    private static Object content(Fields message, Shape shape) {
        Object content =
                message.any("content").or(() -> message.string("refusal")).orElse("");
        if (content instanceof String text) {
            boolean asParts = shape == Shape.PARTS;
            return asParts ? text.isEmpty() ? List.of() : List.of(part(text)) : text;
        }
        if (!(content instanceof List<?>)) {
            throw Fields.wrongType(message.path("content"), "a string or a list of parts", content);
        }
        List<String> texts = new ArrayList<>();
        for (Object part : message.list("content", MAX_PARTS)) {
            String path = message.path("content") + "[" + texts.size() + "]";
            texts.add(part instanceof String text ? text : text(Fields.object(path, part)));
        }
        return shape == Shape.TEXT
                ? String.join("\n", texts)
                : texts.stream().map(ChatMessages::part).toList();
    }

    private static String text(Fields part) {
        String type = part.string("type").orElse("text");
        if (TEXT_PARTS.contains(type)) {
            return part.requiredString("text");
        }
        if (type.equals("refusal")) {
            return part.requiredString("refusal");
        }
        throw ProtocolException.unsupported(
                part.path("type"),
                part.path("type") + " is " + Fields.describe(type) + ", but this model takes text only");
    }

    private static Map<String, Object> part(String text) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("type", "text");
        part.put("text", text);
        return part;
    }

    private static List<Map<String, Object>> toolCalls(Fields message) {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (Fields call : message.objects("tool_calls", MAX_CALLS)) {
            Fields function =
                    call.object("function").orElseThrow(() -> ProtocolException.missing(call.path("function")));
            Map<String, Object> called = new LinkedHashMap<>();
            called.put("name", function.requiredString("name"));
            called.put("arguments", arguments(function));
            Map<String, Object> read = new LinkedHashMap<>();
            call.string("id").ifPresent(id -> read.put("id", id));
            read.put("type", "function");
            read.put("function", called);
            calls.add(read);
        }
        return calls;
    }

    /**
     * What an earlier call was made with. A model may have been cut off, or may have written what is no object, and its turn
     * comes back as it was answered: that is handed on as it can be read, else as it was written.
     */
    private static Object arguments(Fields function) {
        Object arguments = function.any("arguments").orElse("");
        if (!(arguments instanceof String text)) {
            return arguments;
        }
        try {
            Object value = text.isBlank() ? null : StrictJson.value(text);
            return value == null ? Map.of() : value;
        } catch (ProtocolException e) {
            return text;
        }
    }

    /**
     * The same messages with no arguments in the place of those that are no object, for templates that print nothing else.
     *
     * @param messages as {@link #read} made them
     * @return the same list if all arguments are objects
     */
    static List<Map<String, Object>> withObjectsForArguments(List<Map<String, Object>> messages) {
        boolean changed = false;
        List<Map<String, Object>> replaced = new ArrayList<>();
        for (Map<String, Object> message : messages) {
            Map<String, Object> copy = message;
            if (message.get("tool_calls") instanceof List<?> calls
                    && !calls.stream().allMatch(ChatMessages::hasObject)) {
                copy = new LinkedHashMap<>(message);
                copy.put(
                        "tool_calls",
                        calls.stream().map(ChatMessages::withObject).toList());
                changed = true;
            }
            replaced.add(copy);
        }
        return changed ? replaced : messages;
    }

    private static boolean hasObject(Object call) {
        return ((Map<?, ?>) ((Map<?, ?>) call).get("function")).get("arguments") instanceof Map;
    }

    private static Object withObject(Object call) {
        if (hasObject(call)) {
            return call;
        }
        Map<Object, Object> function = new LinkedHashMap<>((Map<?, ?>) ((Map<?, ?>) call).get("function"));
        function.put("arguments", Map.of());
        Map<Object, Object> replaced = new LinkedHashMap<>((Map<?, ?>) call);
        replaced.put("function", function);
        return replaced;
    }
}
