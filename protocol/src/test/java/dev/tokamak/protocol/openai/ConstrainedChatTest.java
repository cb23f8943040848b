package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forced calls and formats on a real engine with real grammars: the model draws at random, and has to keep to them all the same. */
class ConstrainedChatTest {
    private static final String TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}";
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"set_light\",\"parameters\":"
                    + "{\"type\":\"object\",\"properties\":{\"on\":{\"type\":\"boolean\"},\"room\":{\"enum\":[\"kitchen\",\"hall\"]}},"
                    + "\"required\":[\"on\",\"room\"],\"additionalProperties\":false}}},"
                    + "{\"type\":\"function\",\"function\":{\"name\":\"ring\",\"parameters\":{\"type\":\"object\",\"properties\":{},"
                    + "\"additionalProperties\":false}}}]";

    @TempDir
    private static Path model;

    private static TokamakEngine engine;
    private static OpenAiProtocol protocol;

    @BeforeAll
    static void open() throws IOException {
        Files.writeString(model.resolve("generation_config.json"), "{\"eos_token_id\": [2, 0]}");
        engine = TokamakEngine.open(EngineConfig.builder(model)
                .tokenizer(Path.of("src/test/resources/tokenizer"))
                .tokenizerProvider("huggingface")
                .chatTemplate(TEMPLATE)
                .executor("deterministic")
                .options(Map.of("deterministic.vocabulary", "600"))
                .build());
        protocol = OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary())
                .toolParser(BadRequestsTest.hermes())
                .options(ServingOptions.builder().autoToolChoice(true).build())
                .build();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void requiredGivesCallsOfTheToolsWithArgumentsOfTheirSchemas(long seed) {
        Map<?, ?> choice =
                choice(TOOLS + ",\"tool_choice\":\"required\",\"parallel_tool_calls\":false,\"seed\":" + seed);
        List<?> calls = (List<?>) ((Map<?, ?>) choice.get("message")).get("tool_calls");
        assertThat(calls).hasSize(1);
        assertFollowsItsSchema(calls.get(0));
        assertThat(choice.get("finish_reason")).isEqualTo("tool_calls");
    }

    /** The model draws among 600 tokens, one of which begins a call: it calls now and then, by itself. */
    @Test
    void callsThatTheModelBeginsByItselfFollowTheSchemasOfStrictTools() {
        String strict = TOOLS.replace("\"set_light\",", "\"set_light\",\"strict\":true,")
                .replace("\"ring\",", "\"ring\",\"strict\":true,");
        int called = 0;
        for (int seed = 0; seed < 40; seed++) {
            Map<?, ?> choice = choice(strict + ",\"seed\":" + seed);
            Object calls = ((Map<?, ?>) choice.get("message")).get("tool_calls");
            if (calls != null && !choice.get("finish_reason").equals("length")) {
                ((List<?>) calls).forEach(ConstrainedChatTest::assertFollowsItsSchema);
                called++;
            }
        }
        assertThat(called).isPositive();
    }

    private static void assertFollowsItsSchema(Object call) {
        Map<?, ?> function = (Map<?, ?>) ((Map<?, ?>) call).get("function");
        Map<?, ?> arguments = (Map<?, ?>) StrictJson.value((String) function.get("arguments"));
        if (function.get("name").equals("ring")) {
            assertThat(arguments).isEmpty();
        } else {
            assertThat(function.get("name")).isEqualTo("set_light");
            assertThat(arguments.get("on")).isInstanceOf(Boolean.class);
            assertThat(arguments.get("room")).isIn("kitchen", "hall");
        }
    }

    @Test
    void aNamedFunctionIsTheOneThatIsCalled() {
        Map<?, ?> choice = choice(TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"ring\"}}");
        List<?> calls = (List<?>) ((Map<?, ?>) choice.get("message")).get("tool_calls");
        assertThat(calls).isNotEmpty().allSatisfy(call -> assertThat(
                        ((Map<?, ?>) ((Map<?, ?>) call).get("function")).get("name"))
                .isEqualTo("ring"));
    }

    @Test
    void aSchemaIsKeptTo() {
        Map<?, ?> choice =
                choice("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":"
                        + "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[1,2]}},\"required\":[\"a\"],"
                        + "\"additionalProperties\":false}}}");
        String content = (String) ((Map<?, ?>) choice.get("message")).get("content");
        assertThat(((Map<?, ?>) StrictJson.value(content)).get("a")).isIn(1L, 2L);
    }

    @Test
    void offsetsAreThoseOfTheTextThoughCharactersAreSplitOverTokens() {
        String text = "a😀b😀c end";
        byte[] answer = protocol.completions(
                        ("{\"prompt\":\"x\",\"max_tokens\":40,\"logprobs\":2,\"structured_outputs\":"
                                        + "{\"choice\":[\"" + text + "\"]}}")
                                .getBytes(StandardCharsets.UTF_8))
                .respond(Runnable::run)
                .join();
        Map<?, ?> document = (Map<?, ?>) StrictJson.value(new String(answer, StandardCharsets.UTF_8));
        Map<?, ?> choice = (Map<?, ?>) ((List<?>) document.get("choices")).get(0);
        assertThat(choice.get("text")).isEqualTo(text);
        Map<?, ?> logprobs = (Map<?, ?>) choice.get("logprobs");
        List<?> tokens = (List<?>) logprobs.get("tokens");
        List<?> offsets = (List<?>) logprobs.get("text_offset");
        assertThat(offsets.get(tokens.indexOf("b"))).isEqualTo(2L);
        int parts = 0;
        for (int i = 0; i < tokens.size() - 1; i++) {
            String token = (String) tokens.get(i);
            String rest = text.substring(text.offsetByCodePoints(0, (int) (long) offsets.get(i)));
            boolean part = token.startsWith("bytes:");
            assertThat(rest).startsWith(part ? "😀" : token);
            parts += part ? 1 : 0;
        }
        assertThat(parts).isGreaterThan(2);
        assertThat(offsets.get(tokens.size() - 1)).isEqualTo((long) text.codePointCount(0, text.length()));
        assertThat((List<?>) logprobs.get("top_logprobs"))
                .allSatisfy(top -> assertThat(((Map<?, ?>) top).size()).isBetween(2, 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"structured_outputs\":{\"regex\":\"(a\"}                       | structured_outputs.regex",
                "\"structured_outputs\":{\"grammar\":\"root ::= (\"}             | structured_outputs.grammar",
                "\"structured_outputs\":{\"json\":{\"propertyNames\":5}}         | structured_outputs.json",
                "\"structured_outputs\":{\"json\":\"{\\\"pattern\\\":[\\\"a\\\"]}\"} | structured_outputs.json",
                "\"structured_outputs\":{\"json\":\"{\"}                         | structured_outputs.json",
                "\"structured_outputs\":{\"structural_tag\":{\"x\":1}}           | structured_outputs.structural_tag",
                "\"response_format\":{\"type\":\"structural_tag\",\"x\":1}       | response_format",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"pattern\":[\"a\"]}}} | response_format.json_schema.schema",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":{\"a\":1}}}} | response_format.json_schema.schema",
                "\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"(\"}}}}}] | tools",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true,\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"(\"}}}}}] | tools",
                "\"vllm_xargs\":{\"no_such_adjuster\":1}                       | vllm_xargs.no_such_adjuster"
            })
    void anErrorInAFormatNamesTheFieldThatItCameFrom(String fields, String param) {
        Throwable refusal = catchThrowableOfType(RuntimeException.class, () -> choice(fields));
        assertThat(refusal).isInstanceOfSatisfying(ProtocolException.class, e -> {
            assertThat(e.status()).isEqualTo(400);
            assertThat(e.param()).contains(param);
            assertThat(e).hasMessageNotContaining("Exception").hasMessageNotContaining("java.");
        });
    }

    private static Map<?, ?> choice(String fields) {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":400," + fields + "}";
        byte[] answer = protocol.chatCompletions(body.getBytes(StandardCharsets.UTF_8))
                .respond(Runnable::run)
                .join();
        Map<?, ?> document = (Map<?, ?>) StrictJson.value(new String(answer, StandardCharsets.UTF_8));
        return (Map<?, ?>) ((List<?>) document.get("choices")).get(0);
    }
}
