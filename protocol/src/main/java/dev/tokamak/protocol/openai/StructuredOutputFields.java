package dev.tokamak.protocol.openai;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.StructuredOutput.Kind;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.JsonBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code response_format} and {@code structured_outputs}: what the answer has to be. */
final class StructuredOutputFields {
    private static final int MAX_CHOICES = 10_000;
    private static final List<String> CONSTRAINTS =
            List.of("json", "regex", "choice", "grammar", "json_object", "structural_tag");

    private StructuredOutputFields() {}

    static Optional<StructuredOutput> read(Fields fields) {
        Optional<StructuredOutput> format = fields.object("response_format").flatMap(StructuredOutputFields::format);
        Optional<StructuredOutput> structured =
                fields.object("structured_outputs").map(StructuredOutputFields::structured);
        if (format.isPresent() && structured.isPresent()) {
            throw ProtocolException.invalidValue(
                    "structured_outputs",
                    "response_format and structured_outputs both say what the answer must be; give one");
        }
        return format.or(() -> structured);
    }

    /** The field that says what the answer has to be, by its whole path. */
    static Optional<String> field(Fields fields) {
        Optional<Fields> structured = fields.object("structured_outputs");
        if (structured.isPresent()) {
            return CONSTRAINTS.stream()
                    .filter(structured.get()::has)
                    .findFirst()
                    .map(structured.get()::path);
        }
        return fields.object("response_format").map(format -> format.object("json_schema")
                .map(wrapper -> wrapper.path("schema"))
                .orElseGet(format::path));
    }

    private static Optional<StructuredOutput> format(Fields format) {
        String type = format.requiredString("type");
        return switch (type) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(StructuredOutput.of(Kind.JSON_OBJECT, ""));
            case "json_schema" -> Optional.of(StructuredOutput.of(Kind.JSON_SCHEMA, schema(format)));
            case "structural_tag" ->
                Optional.of(StructuredOutput.of(Kind.STRUCTURAL_TAG, JsonBuffer.text(format.map())));
            default ->
                throw ProtocolException.invalidValue(
                        format.path("type"),
                        format.path("type") + " must be text, json_object, json_schema or structural_tag, got "
                                + Fields.describe(type));
        };
    }

    private static String schema(Fields format) {
        Fields wrapper =
                format.object("json_schema").orElseThrow(() -> ProtocolException.missing(format.path("json_schema")));
        String path = wrapper.path("schema");
        Object schema = wrapper.any("schema").orElseThrow(() -> ProtocolException.missing(path));
        if (!(schema instanceof Map) && !(schema instanceof Boolean)) {
            throw Fields.wrongType(path, "a JSON schema (an object)", schema);
        }
        return JsonBuffer.text(schema);
    }

    private static StructuredOutput structured(Fields fields) {
        List<String> given = CONSTRAINTS.stream().filter(fields::has).toList();
        if (given.size() != 1) {
            throw ProtocolException.invalidValue(
                    fields.path(),
                    fields.path() + " must have exactly one of " + CONSTRAINTS + ", got "
                            + (given.isEmpty() ? "none" : given));
        }
        for (String option : List.of("disable_any_whitespace", "disable_additional_properties")) {
            if (fields.bool(option, false)) {
                throw ProtocolException.unsupported(fields.path(option), fields.path(option) + " is not supported");
            }
        }
        if (fields.has("whitespace_pattern")) {
            throw ProtocolException.unsupported(
                    fields.path("whitespace_pattern"), fields.path("whitespace_pattern") + " is not supported");
        }
        String constraint = given.get(0);
        return switch (constraint) {
            case "json" -> StructuredOutput.of(Kind.JSON_SCHEMA, textOrObject(fields, "json"));
            case "regex" -> StructuredOutput.of(Kind.REGEX, fields.requiredString("regex"));
            case "grammar" -> StructuredOutput.of(Kind.GRAMMAR, fields.requiredString("grammar"));
            case "choice" -> choice(fields);
            case "json_object" -> jsonObject(fields);
            default -> StructuredOutput.of(Kind.STRUCTURAL_TAG, textOrObject(fields, "structural_tag"));
        };
    }

    private static StructuredOutput choice(Fields fields) {
        List<String> choices = fields.strings("choice", MAX_CHOICES);
        if (choices.isEmpty()) {
            throw ProtocolException.invalidValue(fields.path("choice"), fields.path("choice") + " must not be empty");
        }
        return new StructuredOutput(Kind.CHOICE, "", choices);
    }

    private static StructuredOutput jsonObject(Fields fields) {
        if (!fields.bool("json_object", false)) {
            throw ProtocolException.invalidValue(
                    fields.path("json_object"), fields.path("json_object") + " must be true or left out");
        }
        return StructuredOutput.of(Kind.JSON_OBJECT, "");
    }

    /** A schema comes as an object or as its text. */
    private static String textOrObject(Fields fields, String name) {
        Object value = fields.any(name).orElseThrow();
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Map || value instanceof Boolean) {
            return JsonBuffer.text(value);
        }
        throw Fields.wrongType(fields.path(name), "an object or a string", value);
    }
}
