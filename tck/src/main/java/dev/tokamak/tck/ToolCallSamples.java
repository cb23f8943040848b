package dev.tokamak.tck;

import dev.tokamak.spi.toolparser.ToolDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/** Makes random calls of some tools, with values that parsers stumble over. */
final class ToolCallSamples {
    static final List<ToolDefinition> TOOLS = List.of(
            tool("get_weather", Map.of("city", type("string"), "days", type("integer"))),
            tool(
                    "update_record",
                    Map.of(
                            "text", type("string"),
                            "ratio", type("number"),
                            "count", type("integer"),
                            "flag", type("boolean"),
                            "items", type("array"),
                            "options", type("object"))),
            tool("search", Map.of("query", type("string"), "limit", Map.of("type", List.of("integer", "null")))),
            tool("now", Map.of()));

    private static final List<String> TEXTS = List.of(
            "Paris",
            "",
            " ",
            "5",
            "-0.5",
            "true",
            "null",
            "None",
            "{",
            "}",
            "}}",
            "[",
            "]",
            "\"",
            "'",
            "\\",
            "\\n",
            "\n",
            "two\nlines",
            "tab\there",
            "\u0001",
            "日本語",
            "café",
            "😀🚀",
            "a\u2028b",
            "</tool_call>",
            "<tool_call>",
            "<|tool_call|>",
            "</function>",
            "<think>",
            "\"}",
            "\"}}\n</tool_call>",
            "{\"name\": \"x\", \"arguments\": {}}",
            "[f(a=1)]",
            "a, b",
            "key=value",
            "it's \"quoted\"",
            "`code`",
            "```json",
            "<b>&amp;</b>",
            "C:\\dir\\new",
            "\\u0041",
            "%s",
            "x > 1 && y < 2",
            ";",
            "functions.x:0",
            "<",
            "<|",
            "[TOOL_CALLS]");
    private static final List<String> KEYS = List.of("a", "b_2", "key", "nested", "Name");

    private final Random random;
    private final Predicate<String> carriesText;

    ToolCallSamples(Random random, Predicate<String> carriesText) {
        this.random = random;
        this.carriesText = carriesText;
    }

    /** Without anything that could be taken for a mark or a bracket. */
    static ToolCallSamples plain(Random random) {
        return new ToolCallSamples(
                random, text -> text.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == ' ' || c == ','));
    }

    private static Map<String, Object> type(String name) {
        return Map.of("type", name);
    }

    private static ToolDefinition tool(String name, Map<String, Object> properties) {
        return new ToolDefinition(
                name, "A tool of the tests", Map.of("type", "object", "properties", properties), false);
    }

    List<ToolParserContract.Call> calls(int most) {
        List<ToolParserContract.Call> calls = new ArrayList<>();
        int count = 1 + random.nextInt(most);
        for (int i = 0; i < count; i++) {
            calls.add(call());
        }
        return calls;
    }

    private ToolParserContract.Call call() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        String name = TOOLS.get(random.nextInt(TOOLS.size())).name();
        switch (name) {
            case "get_weather" -> {
                arguments.put("city", text());
                put(arguments, "days", whole());
            }
            case "update_record" -> {
                put(arguments, "text", text());
                put(arguments, "ratio", random.nextInt(2000) / 8.0 - 100);
                put(arguments, "count", whole());
                put(arguments, "flag", random.nextBoolean());
                put(arguments, "items", list(2));
                put(arguments, "options", object(2));
            }
            case "search" -> {
                arguments.put("query", text());
                arguments.put("limit", random.nextBoolean() ? null : whole());
            }
            default -> {}
        }
        return new ToolParserContract.Call(name, arguments);
    }

    private void put(Map<String, Object> arguments, String key, Object value) {
        if (random.nextInt(4) > 0) {
            arguments.put(key, value);
        }
    }

    private long whole() {
        return random.nextInt(3) == 0 ? random.nextLong() >> 12 : random.nextInt(20) - 10;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            String piece = TEXTS.get(random.nextInt(TEXTS.size()));
            text.append(carriesText.test(text + piece) ? piece : "plain");
        }
        return carriesText.test(text.toString()) ? text.toString() : "plain";
    }

    private Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> whole();
            case 1 -> random.nextInt(100) / 4.0;
            case 2 -> random.nextBoolean();
            case 3 -> null;
            case 4 -> text();
            case 5 -> list(depth - 1);
            default -> object(depth - 1);
        };
    }

    private List<Object> list(int depth) {
        List<Object> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            items.add(value(depth));
        }
        return items;
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.put(KEYS.get(random.nextInt(KEYS.size())), value(depth));
        }
        return object;
    }
}
