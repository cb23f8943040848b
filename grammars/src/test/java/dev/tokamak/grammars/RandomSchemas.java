package dev.tokamak.grammars;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes random schemas from the keywords that are enforced, and random documents that satisfy them in declared order.
 */
final class RandomSchemas {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String[] FORMATS = {
        "date",
        "time",
        "date-time",
        "uuid",
        "email",
        "ipv4",
        "ipv6",
        "uri",
        "hostname",
        "duration",
        "uri-reference",
        "json-pointer"
    };
    private static final String[] NAMES = {
        "id", "name", "größe", "a\"b", "名前", "x\\y", "tags", "value", "line\nend", "z"
    };

    /** A pattern and texts in which it occurs. */
    private static final String[][] PATTERNS = {
        {"^[a-z]{2,5}$", "ab", "xyzzy"},
        {"[0-9]+", "a1", "007"},
        {"^(foo|bar)", "foobar", "bar"},
        {"^\\p{L}+$", "größe", "漢字"},
        {"x|^y$", "axb", "y"},
        {"^[^\"]*$", "a\\b", ""},
        {"^\\w+\\s\\w+$", "a b", "c\td"}
    };

    private final Random random;
    private final ObjectNode definitions = JSON.objectNode();
    private int nextDefinition;

    RandomSchemas(Random random) {
        this.random = random;
    }

    ObjectNode schema() {
        JsonNode body = schema(0);
        ObjectNode root = body instanceof ObjectNode object ? object : JSON.objectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        if (!definitions.isEmpty()) {
            root.set("$defs", definitions);
        }
        return root;
    }

    private JsonNode schema(int depth) {
        ObjectNode schema = JSON.objectNode();
        if (random.nextInt(4) == 0) {
            schema.put("description", "text");
        }
        switch (random.nextInt(depth > 3 ? 7 : 14)) {
            case 0 -> schema.put("type", random.nextBoolean() ? "null" : "boolean");
            case 1 -> string(schema);
            case 2 -> number(schema, "integer");
            case 3 -> number(schema, "number");
            case 4 -> schema.set("enum", literals());
            case 5 -> schema.set("const", literal(0));
            case 6 -> schema.put("type", "string");
            case 7 -> array(schema, depth);
            case 8, 9, 10 -> object(schema, depth);
            case 11 -> {
                ArrayNode options = schema.putArray("anyOf");
                for (int i = 0; i < 1 + random.nextInt(3); i++) {
                    options.add(schema(depth + 1));
                }
            }
            case 12 -> reference(schema, depth);
            default -> combined(schema, depth);
        }
        return schema;
    }

    private void string(ObjectNode schema) {
        schema.put("type", "string");
        switch (random.nextInt(4)) {
            case 0 -> {
                int min = random.nextInt(4);
                schema.put("minLength", min).put("maxLength", min + random.nextInt(6));
            }
            case 1 -> schema.put("pattern", PATTERNS[random.nextInt(PATTERNS.length)][0]);
            case 2 -> schema.put("format", FORMATS[random.nextInt(FORMATS.length)]);
            default -> schema.put("maxLength", random.nextInt(30));
        }
    }

    private void number(ObjectNode schema, String type) {
        schema.put("type", type);
        int low = random.nextInt(400) - 200;
        boolean whole = type.equals("integer") || random.nextBoolean();
        double from = whole ? low : low + random.nextInt(1000) / 1000.0;
        double to = from + 1 + random.nextInt(150);
        if (random.nextInt(3) > 0) {
            schema.put(random.nextInt(3) > 0 ? "minimum" : "exclusiveMinimum", from);
        }
        if (random.nextInt(3) > 0) {
            schema.put(random.nextInt(3) > 0 ? "maximum" : "exclusiveMaximum", to + 1);
        }
        if (random.nextInt(6) == 0) {
            schema.put("multipleOf", type.equals("integer") ? 1 + random.nextInt(9) : 0.25);
        }
    }

    private ArrayNode literals() {
        ArrayNode values = JSON.arrayNode();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            values.add(literal(0));
        }
        return values;
    }

    private JsonNode literal(int depth) {
        return switch (random.nextInt(depth > 1 ? 4 : 6)) {
            case 0 -> JSON.textNode(NAMES[random.nextInt(NAMES.length)]);
            case 1 -> JSON.numberNode(random.nextInt(2000) - 1000);
            case 2 -> JSON.nullNode();
            case 3 -> JSON.booleanNode(random.nextBoolean());
            case 4 -> JSON.arrayNode().add(literal(depth + 1));
            default -> JSON.objectNode().set(NAMES[random.nextInt(NAMES.length)], literal(depth + 1));
        };
    }

    private void array(ObjectNode schema, int depth) {
        schema.put("type", "array");
        int min = random.nextInt(3);
        if (random.nextInt(3) == 0) {
            ArrayNode prefix = schema.putArray("prefixItems");
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                prefix.add(schema(depth + 1));
            }
            if (random.nextBoolean()) {
                schema.put("items", false);
                schema.put("minItems", Math.min(min, prefix.size()));
                return;
            }
        }
        schema.set("items", schema(depth + 1));
        if (random.nextBoolean()) {
            schema.put("minItems", min).put("maxItems", min + random.nextInt(4));
        }
    }

    private void object(ObjectNode schema, int depth) {
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JSON.arrayNode();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            String name = NAMES[random.nextInt(NAMES.length)];
            if (!properties.has(name)) {
                properties.set(name, schema(depth + 1));
                if (random.nextBoolean()) {
                    required.add(name);
                }
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        switch (random.nextInt(6)) {
            case 0 -> schema.set("additionalProperties", schema(depth + 2));
            case 1 -> schema.put("additionalProperties", true);
            case 2 -> {
                ObjectNode patterns = schema.putObject("patternProperties");
                patterns.putObject("^p_").put("type", "integer");
                patterns.putObject("e$").put("maxLength", 9);
            }
            case 3 -> schema.put("maxProperties", required.size() + random.nextInt(3));
            case 4 -> schema.put("minProperties", Math.min(properties.size(), required.size() + 1));
            default -> schema.put("additionalProperties", false);
        }
    }

    private void reference(ObjectNode schema, int depth) {
        String name = "d" + nextDefinition++;
        definitions.set(name, JSON.objectNode());
        if (random.nextInt(3) == 0) {
            ObjectNode node = JSON.objectNode();
            node.put("type", "object");
            ObjectNode properties = node.putObject("properties");
            properties.set("value", schema(depth + 2));
            properties.putObject("next").put("$ref", "#/$defs/" + name);
            properties
                    .putObject("children")
                    .put("type", "array")
                    .putObject("items")
                    .put("$ref", "#/$defs/" + name);
            node.putArray("required").add("value");
            definitions.set(name, node);
        } else {
            definitions.set(name, schema(depth + 1));
        }
        schema.put("$ref", "#/$defs/" + name);
    }

    private void combined(ObjectNode schema, int depth) {
        if (random.nextBoolean()) {
            ArrayNode all = schema.putArray("allOf");
            ObjectNode first = all.addObject();
            first.put("type", "object").putObject("properties").set("id", schema(depth + 2));
            first.putArray("required").add("id");
            ObjectNode second = all.addObject();
            second.putObject("properties").set("name", schema(depth + 2));
        } else {
            ArrayNode one = schema.putArray("oneOf");
            for (int i = 0; i < 2; i++) {
                ObjectNode branch = one.addObject();
                branch.put("type", "object");
                ObjectNode properties = branch.putObject("properties");
                properties.putObject("kind").put("const", "k" + i);
                properties.set("value", schema(depth + 2));
                branch.putArray("required").add("kind");
            }
        }
    }

    /** A document that satisfies a schema, with properties in declared order; null if none was found. */
    JsonNode document(JsonNode root, JsonNode schema, int depth) {
        if (schema.isBoolean()) {
            return schema.asBoolean() ? literal(0) : null;
        }
        if (depth > 12) {
            return null;
        }
        if (schema.has("$ref")) {
            String pointer = schema.get("$ref").asText().substring(1);
            return document(root, root.at(pointer), depth + 1);
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        for (String choice : new String[] {"enum", "anyOf", "oneOf"}) {
            if (schema.has(choice)) {
                JsonNode options = schema.get(choice);
                JsonNode picked = options.get(random.nextInt(options.size()));
                return choice.equals("enum") ? picked : document(root, picked, depth + 1);
            }
        }
        if (schema.has("allOf")) {
            return allOf(root, schema.get("allOf"), depth);
        }
        return switch (schema.path("type").asText("any")) {
            case "null" -> JSON.nullNode();
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "string" -> stringFor(schema);
            case "integer" -> numberFor(schema, true);
            case "number" -> numberFor(schema, false);
            case "array" -> arrayFor(root, schema, depth);
            case "object" -> objectFor(root, schema, depth);
            default -> literal(0);
        };
    }

    private JsonNode allOf(JsonNode root, JsonNode parts, int depth) {
        ObjectNode merged = JSON.objectNode();
        for (JsonNode part : parts) {
            JsonNode document = document(root, ((ObjectNode) part.deepCopy()).put("type", "object"), depth + 1);
            if (document == null) {
                return null;
            }
            merged.setAll((ObjectNode) document);
        }
        return merged;
    }

    private JsonNode stringFor(JsonNode schema) {
        if (schema.has("pattern")) {
            for (String[] pattern : PATTERNS) {
                if (pattern[0].equals(schema.get("pattern").asText())) {
                    return JSON.textNode(pattern[1 + random.nextInt(pattern.length - 1)]);
                }
            }
        }
        if (schema.has("format")) {
            return JSON.textNode(sample(schema.get("format").asText()));
        }
        int min = schema.path("minLength").asInt(0);
        int length = min + random.nextInt(schema.path("maxLength").asInt(min + 12) - min + 1);
        StringBuilder text = new StringBuilder();
        int[] alphabet = {'a', 'b', ' ', '"', '\\', '\n', 0x7F, 1, 'é', 0x6F22, 0x1F600, '/', '{', '<'};
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        return JSON.textNode(text.toString());
    }

    private String sample(String format) {
        return switch (format) {
            case "date" -> random.nextBoolean() ? "2024-02-29" : "1999-12-31";
            case "time" -> "23:59:59.123Z";
            case "date-time" -> "2024-01-02T03:04:05+02:00";
            case "uuid" -> "123e4567-e89b-12d3-a456-426614174000";
            case "email" -> "jane.doe@example.com";
            case "ipv4" -> "192.168.0.255";
            case "ipv6" -> random.nextBoolean() ? "2001:db8::1" : "::";
            case "uri" -> "https://example.com:8080/a/b?c=d#e";
            case "uri-reference" -> "a/b?c";
            case "hostname" -> "www.example.com";
            case "duration" -> "P1DT2H";
            default -> "/a~1b/0";
        };
    }

    private JsonNode numberFor(JsonNode schema, boolean integer) {
        double low = schema.has("minimum")
                ? schema.get("minimum").asDouble()
                : schema.has("exclusiveMinimum")
                        ? schema.get("exclusiveMinimum").asDouble() + 1
                        : -50;
        double step = schema.path("multipleOf").asDouble(1);
        long first = (long) Math.ceil(low / step);
        double value = (first + (schema.has("multipleOf") ? 0 : random.nextInt(2))) * step;
        double high = schema.has("maximum")
                ? schema.get("maximum").asDouble()
                : schema.has("exclusiveMaximum")
                        ? schema.get("exclusiveMaximum").asDouble() - 0.01
                        : 1e9;
        if (value > high || value < low) {
            return null;
        }
        return integer || value == Math.rint(value) ? JSON.numberNode((long) value) : JSON.numberNode(value);
    }

    private JsonNode arrayFor(JsonNode root, JsonNode schema, int depth) {
        JsonNode prefix = schema.path("prefixItems");
        int min = schema.path("minItems").asInt(0);
        boolean closed = schema.path("items").isBoolean();
        int most = closed ? prefix.size() : schema.path("maxItems").asInt(Math.max(min, prefix.size()) + 2);
        int count = min + (most > min ? random.nextInt(most - min + 1) : 0);
        ArrayNode array = JSON.arrayNode();
        for (int i = 0; i < count; i++) {
            JsonNode item = document(root, i < prefix.size() ? prefix.get(i) : schema.get("items"), depth + 1);
            if (item == null) {
                return array.size() >= min ? array : null;
            }
            array.add(item);
        }
        return array;
    }

    private JsonNode objectFor(JsonNode root, JsonNode schema, int depth) {
        ObjectNode object = JSON.objectNode();
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        int max = schema.path("maxProperties").asInt(100);
        int min = schema.path("minProperties").asInt(0);
        int optional = max - required.size();
        for (var field : schema.path("properties").properties()) {
            boolean needed = required.contains(field.getKey());
            if (!needed && (optional <= 0 || min == 0 && depth > 5 || min == 0 && random.nextBoolean())) {
                continue;
            }
            JsonNode value = document(root, field.getValue(), depth + 1);
            if (value == null && needed) {
                return null;
            }
            if (value != null) {
                object.set(field.getKey(), value);
                optional -= needed ? 0 : 1;
            }
        }
        if (schema.path("additionalProperties").isObject() && random.nextBoolean()) {
            JsonNode value = document(root, schema.get("additionalProperties"), depth + 1);
            if (value != null) {
                object.set("extra" + random.nextInt(9), value);
            }
        }
        return object;
    }

    static String write(JsonNode document, Random random) {
        try {
            return random.nextInt(4) == 0
                    ? document.toPrettyString().replace("\r", "").replace(" : ", ": ")
                    : MAPPER.writeValueAsString(document);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
