package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.json.JsonBuffer;
import dev.tokamak.protocol.json.StrictJson;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stop strings on a real engine, whose model is held by a grammar to say what the test wants it to say. */
class StopStringTest {
    private static final String TOOLS = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";
    private static final String CALL =
            "<tool_call>\n{\"name\": \"now\", \"arguments\": {\"zone\": \"Rome STOP it\"}}\n</tool_call>";

    @TempDir
    private static Path model;

    private static TokamakEngine engine;

    @BeforeAll
    static void open() throws IOException {
        Files.writeString(model.resolve("generation_config.json"), "{\"eos_token_id\": [2, 0]}");
        engine = TokamakEngine.open(EngineConfig.builder(model)
                .tokenizer(Path.of("src/test/resources/tokenizer"))
                .tokenizerProvider("huggingface")
                .chatTemplate("{% for m in messages %}{{ m.content }}{% endfor %}")
                .executor("deterministic")
                .options(Map.of("deterministic.vocabulary", "600"))
                .build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    /** What the model says, the stop strings, and the reasoning and content that come out of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "<think>no STOP here</think>yes STOP end   | [\"STOP\"]         | no STOP here | yes",
                "<think>no STOP here</think>yes, the end   | [\"STOP\"]         | no STOP here | yes, the end",
                "<think>a</think>yes STOP STOP             | [\"P ST\",\"OP \"]  | a            | yes ST",
                "<think>a. b</think>Yes. No.               | [\".\"]            | a. b         | Yes",
                "<think>a</think>abcabd                    | [\"abd\"]          | a            | abc",
                "~<think>a</think>\n\nYes.\n\nNo.~          | [\"\\n\\n\"]         | a            | Yes.",
                "<think>a</th b</think>c                   | [\"</th\",\"c\"]    | a</th b      | "
            })
    void stopStringsCountInTheAnswerAndNotInTheReasoning(String says, String stop, String reasoning, String content) {
        Map<?, ?> choice = choice(body(says, ",\"stop\":" + stop));
        Map<?, ?> message = (Map<?, ?>) choice.get("message");
        assertThat(text(message.get("reasoning"))).isEqualTo(reasoning);
        assertThat(text(message.get("content")).strip()).isEqualTo(text(content));
        assertThat(choice.get("finish_reason")).isEqualTo("stop");
        Frames frames = stream(body(says, ",\"stop\":" + stop + ",\"stream\":true"));
        assertThat(frames.joined(0, "reasoning")).isEqualTo(reasoning);
        assertThat(frames.joined(0, "content")).isEqualTo(text(message.get("content")));
        assertThat(frames.finishReason(0)).isEqualTo("stop");
    }

    @Test
    void tokensBehindTheStopStringAreNotCountedAndItIsTheReason() {
        String says = "<think>x</think>yes STOP and so on for ever and ever";
        Map<?, ?> document = document(body(says, ",\"stop\":\"STOP\",\"n\":2,\"return_token_ids\":true"));
        long tokens = 0;
        for (Object choice : (List<?>) document.get("choices")) {
            assertThat(((Map<?, ?>) choice).get("stop_reason")).isEqualTo("STOP");
            List<?> ids = (List<?>) ((Map<?, ?>) choice).get("token_ids");
            int[] all = ids.stream().mapToInt(id -> (int) (long) id).toArray();
            assertThat(engine.decode(all, true))
                    .startsWith("<think>x</think>yes STOP")
                    .doesNotContain("and so");
            tokens += ids.size();
        }
        assertThat(((Map<?, ?>) document.get("usage")).get("completion_tokens")).isEqualTo(tokens);
    }

    @Test
    void theStopStringIsKeptWhereAskedForAndCountsBehindTheMinimumOnly() {
        String says = "<think>x</think>a STOP b STOP c";
        assertThat(content(body(says, ",\"stop\":\"STOP\",\"include_stop_str_in_output\":true")))
                .isEqualTo("a STOP");
        int first = engine.encode("<think>x</think>a STOP", false).length + 2;
        assertThat(content(body(says, ",\"stop\":\"STOP\",\"min_tokens\":" + Math.max(first, 28))))
                .startsWith("a STOP b");
    }

    @Test
    void aStopStringWithinACallEndsTheAnswerWithoutIt() {
        Map<?, ?> choice = choice(body("Now." + CALL, TOOLS + ",\"stop\":\"STOP\""));
        assertThat(choice.get("finish_reason")).isEqualTo("stop");
        assertThat(choice.get("stop_reason")).isEqualTo("STOP");
        Frames frames = stream(body("Now." + CALL, TOOLS + ",\"stop\":\"STOP\",\"stream\":true"));
        assertThat(frames.finishReason(0)).isEqualTo("stop");
    }

    @Test
    void aStopStringBehindACallLeavesIt() {
        Map<?, ?> choice = choice(body("Now." + CALL + " and END more", TOOLS + ",\"stop\":\"END\""));
        assertThat(choice.get("finish_reason")).isEqualTo("tool_calls");
        assertThat((List<?>) ((Map<?, ?>) choice.get("message")).get("tool_calls"))
                .hasSize(1);
    }

    private static String text(Object value) {
        return value == null ? "" : (String) value;
    }

    private static String content(byte[] body) {
        return (String) ((Map<?, ?>) choice(body).get("message")).get("content");
    }

    private static byte[] body(String says, String fields) {
        boolean thinks = says.startsWith("<think>");
        return ("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":200,\"seed\":1,"
                        + "\"chat_template_kwargs\":{\"thinks\":" + thinks + "},\"structured_outputs\":{\"choice\":["
                        + JsonBuffer.text(says) + "]}" + fields + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static OpenAiProtocol protocol(byte[] body) {
        OpenAiProtocol.Builder protocol = OpenAiProtocol.builder(
                        engine, engine.tokenizer().vocabulary())
                .toolParser(BadRequestsTest.hermes())
                .options(ServingOptions.builder().autoToolChoice(true).build());
        if (new String(body, StandardCharsets.UTF_8).contains("\"thinks\":true")) {
            protocol.reasoningParser(ServiceLoader.load(ReasoningParserProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(provider -> provider.name().equals("deepseek_r1"))
                    .findFirst()
                    .orElseThrow());
        }
        return protocol.build();
    }

    private static Frames stream(byte[] body) {
        try {
            return Frames.await(protocol(body).chatCompletions(body).open());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<?, ?> document(byte[] body) {
        byte[] answer =
                protocol(body).chatCompletions(body).respond(Runnable::run).join();
        return (Map<?, ?>) StrictJson.value(new String(answer, StandardCharsets.UTF_8));
    }

    private static Map<?, ?> choice(byte[] body) {
        return (Map<?, ?>) ((List<?>) document(body).get("choices")).get(0);
    }
}
