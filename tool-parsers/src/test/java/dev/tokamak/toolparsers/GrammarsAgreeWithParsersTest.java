package dev.tokamak.toolparsers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writes texts that a format's grammar allows and checks that its parser finds nothing but calls in them. */
class GrammarsAgreeWithParsersTest {
    private static final int TEXTS = 40;
    private static final List<ToolDefinition> TOOLS = List.of(
            new ToolDefinition(
                    "get_weather",
                    "",
                    Map.of(
                            "type",
                            "object",
                            "properties",
                            Ordered.map("city", Map.of("type", "string"), "days", Map.of("type", "integer")),
                            "required",
                            List.of("city")),
                    true),
            new ToolDefinition("now", "", Map.of(), false));

    private static Stream<ToolParserProvider> providers() {
        return ServiceLoader.load(ToolParserProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.grammar(TOOLS, required(true)).isPresent());
    }

    private static ToolChoice required(boolean parallel) {
        return new ToolChoice(ToolChoice.Mode.REQUIRED, "", parallel);
    }

    private static final class Calls implements ToolCallSink {
        final List<String> names = new ArrayList<>();
        final StringBuilder content = new StringBuilder();
        int ended;

        @Override
        public void content(String text) {
            content.append(text);
        }

        @Override
        public void beginCall(String name, String id) {
            names.add(name);
        }

        @Override
        public void arguments(String json) {
            // What the arguments are is the contract's business.
        }

        @Override
        public void endCall() {
            ended++;
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void whatTheGrammarAllowsIsCallsAndNothingElse(ToolParserProvider provider) {
        for (int seed = 0; seed < TEXTS; seed++) {
            boolean named = seed % 3 == 0;
            boolean parallel = seed % 2 == 0;
            ToolChoice choice = named ? new ToolChoice(ToolChoice.Mode.NAMED, "now", parallel) : required(parallel);
            StructuredOutput grammar = provider.grammar(TOOLS, choice).orElseThrow();
            assertThat(grammar.kind()).isEqualTo(StructuredOutput.Kind.STRUCTURAL_TAG);
            String text = text(grammar, new Random(seed));
            Calls calls = new Calls();
            ToolParser parser = provider.create(TOOLS);
            parser.accept(text, calls);
            parser.finish(calls);
            String context = provider.name() + ", seed " + seed + ", text: " + text;
            assertThat(calls.content).as(context).isEmpty();
            assertThat(calls.names).as(context).isNotEmpty();
            assertThat(calls.ended).as(context).isEqualTo(calls.names.size());
            if (named) {
                assertThat(calls.names).as(context).containsOnly("now");
            }
            if (named || !parallel) {
                assertThat(calls.names).as(context).hasSize(1);
            }
        }
    }

    private static String text(StructuredOutput grammar, Random random) {
        try (JsonReader reader = Json.createReader(new StringReader(grammar.source()))) {
            StringBuilder text = new StringBuilder();
            write(reader.readObject().getJsonObject("format"), random, text);
            return text.toString();
        }
    }

    private static void write(JsonObject format, Random random, StringBuilder to) {
        switch (format.getString("type")) {
            case "const_string" -> to.append(format.getString("value"));
            case "json_schema" -> to.append(value(format.getJsonObject("json_schema"), random));
            case "regex" -> to.append('1'); // the number of a call, which is the only one
            case "any_text" -> to.append(random.nextBoolean() ? "Paris" : "two\nlines < 3");
            case "sequence" -> format.getJsonArray("elements").forEach(part -> write(part.asJsonObject(), random, to));
            case "or" -> write(any(format.getJsonArray("elements"), random), random, to);
            case "optional" -> {
                if (random.nextBoolean()) {
                    write(format.getJsonObject("content"), random, to);
                }
            }
            case "tag" -> {
                to.append(format.getString("begin"));
                write(format.getJsonObject("content"), random, to);
                to.append(format.getString("end"));
            }
            case "tags_with_separator" -> {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    write(any(format.getJsonArray("tags"), random), random, to);
                    to.append(i == 0 ? "" : format.getString("separator"));
                }
            }
            default -> fail("The grammar has a format of unknown type: " + format);
        }
    }

    private static JsonObject any(JsonArray of, Random random) {
        return of.getJsonObject(random.nextInt(of.size()));
    }

    private static String value(JsonObject schema, Random random) {
        if (schema.getString("type").equals("integer")) {
            return String.valueOf(random.nextInt(100));
        }
        JsonValue properties = schema.get("properties");
        if (properties == null) {
            return "{}";
        }
        JsonString city = Json.createValue("a } \" b");
        return random.nextBoolean() ? "{\"city\": " + city + "}" : "{\"city\": " + city + ", \"days\": 3}";
    }
}
