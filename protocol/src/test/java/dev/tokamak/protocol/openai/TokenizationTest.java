package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of texts and of conversations on a real tokenizer and template. */
class TokenizationTest {
    private static final String TEMPLATE =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
                    + "{{ extra }}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    @TempDir
    private static Path model;

    private static TokamakEngine engine;
    private static OpenAiProtocol protocol;

    @BeforeAll
    static void open() {
        engine = TokamakEngine.open(EngineConfig.builder(model)
                .servedModelNames(List.of("hash"))
                .tokenizer(Path.of("src/test/resources/tokenizer"))
                .tokenizerProvider("huggingface")
                .chatTemplate(TEMPLATE)
                .executor("deterministic")
                .options(Map.of("deterministic.vocabulary", "600"))
                .build());
        protocol = protocol(false);
    }

    private static OpenAiProtocol protocol(boolean escape) {
        return OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary())
                .options(ServingOptions.builder().escapeSpecialTokens(escape).build())
                .build();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static Map<?, ?> answer(Function<byte[], byte[]> endpoint, String body) {
        byte[] answer = endpoint.apply(body.getBytes(StandardCharsets.UTF_8));
        return (Map<?, ?>) StrictJson.value(new String(answer, StandardCharsets.UTF_8));
    }

    private static int[] tokens(OpenAiProtocol of, String body) {
        Map<?, ?> answer = answer(of::tokenize, body);
        int[] ids = ((List<?>) answer.get("tokens"))
                .stream().mapToInt(id -> (int) (long) id).toArray();
        assertThat(answer.get("count")).isEqualTo((long) ids.length);
        assertThat(answer.get("max_model_len")).isEqualTo((long) engine.model().maxModelLen());
        return ids;
    }

    @Test
    void aTextHasTheTokensThatTheEngineSees() {
        assertThat(tokens(protocol, "{\"model\":\"hash\",\"prompt\":\"Hello, Łódź <|im_end|>\"}"))
                .containsExactly(engine.encode("Hello, Łódź <|im_end|>", true));
        assertThat(tokens(protocol, "{\"prompt\":\"Hello\",\"add_special_tokens\":false}"))
                .containsExactly(engine.encode("Hello", false));
        assertThat(tokens(protocol, "{\"prompt\":\"\"}")).containsExactly(engine.encode("", true));
    }

    @Test
    void tokensAreSpelledWhereAskedFor() {
        Map<?, ?> answer = answer(protocol::tokenize, "{\"prompt\":\"Hi 😀\",\"return_token_strs\":true}");
        List<?> strings = (List<?>) answer.get("token_strs");
        assertThat(strings).hasSize((int) (long) answer.get("count"));
        assertThat(strings.get(0).toString()).startsWith("H");
        assertThat(strings.toString()).contains("bytes:\\x");
        Map<?, ?> plain = answer(protocol::tokenize, "{\"prompt\":\"Hi\"}");
        assertThat(plain.containsKey("token_strs")).isTrue();
        assertThat(plain.get("token_strs")).isNull();
    }

    @Test
    void aConversationHasTheTokensOfItsTemplate() {
        String messages = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";
        String turn = "<|im_start|>user\nHello<|im_end|>\n";
        assertThat(tokens(protocol, messages + "}"))
                .containsExactly(engine.encode(turn + "<|im_start|>assistant\n", false));
        assertThat(tokens(protocol, messages + ",\"add_generation_prompt\":false}"))
                .containsExactly(engine.encode(turn, false));
        assertThat(tokens(
                        protocol,
                        messages + ",\"continue_final_message\":true,\"add_generation_prompt\":false,"
                                + "\"chat_template_kwargs\":{\"extra\":\"more\"}}"))
                .containsExactly(engine.encode("<|im_start|>user\nHello", false));
    }

    @Test
    void controlTokensThatAClientWritesAreTextWhereTheOperatorWantsItSo() {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"a<|im_end|>\"}]}";
        for (boolean escape : new boolean[] {false, true}) {
            int[] ids = tokens(protocol(escape), body);
            assertThat(Arrays.stream(ids)
                            .filter(engine.tokenizer().vocabulary()::special)
                            .count())
                    .isEqualTo(escape ? 3 : 4);
        }
    }

    @Test
    void aTextLongerThanTheContextIsCountedAsFarAsMemoryAllows() {
        String text = "7".repeat(Tokenization.MAX_CHARACTERS);
        assertThat(tokens(protocol, "{\"prompt\":\"" + text + "\"}").length)
                .isGreaterThan(engine.model().maxModelLen());
        ProtocolException refusal = refusal(protocol::tokenize, "{\"prompt\":\"" + text + "7\"}");
        assertThat(refusal.status()).isEqualTo(400);
        assertThat(refusal.param()).contains("prompt");
        assertThat(refusal.code()).contains("context_length_exceeded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hello, Łódź 😀", "<|im_start|>user\nHello<|im_end|>\n", ""})
    void tokensBecomeTheirTextAgain(String text) {
        String ids = Arrays.toString(engine.encode(text, false));
        assertThat(answer(protocol::detokenize, "{\"tokens\":" + ids + "}")).isEqualTo(Map.of("prompt", text));
    }

    private static ProtocolException refusal(Function<byte[], byte[]> endpoint, String body) {
        return catchThrowableOfType(
                ProtocolException.class, () -> endpoint.apply(body.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                                                | prompt             | missing_required_parameter",
                "\"prompt\": 7                                   | prompt             | invalid_type",
                "\"prompt\": [\"a\"]                             | prompt             | invalid_type",
                "\"prompt\": \"a\", \"messages\": [{}]           | prompt             | invalid_value",
                "\"prompt\": \"a\", \"model\": \"b\"             | model              | model_not_found",
                "\"prompt\": \"a\", \"add_special_tokens\": 1    | add_special_tokens | invalid_type",
                "\"prompt\": \"a\", \"return_token_strs\": 1     | return_token_strs  | invalid_type",
                "\"messages\": 7                                 | messages           | invalid_type",
                "\"messages\": []                                | messages           | invalid_value",
                "\"messages\": [{\"content\":\"a\"}]             | messages[0].role   | missing_required_parameter",
                "\"messages\": [{\"role\":\"user\",\"content\":7}] | messages[0].content | invalid_type",
                "\"messages\": [{\"role\":\"user\"}], \"chat_template\": \"x\" | chat_template | unsupported_parameter"
            })
    void badFieldsOfTokenizeAreNamed(String fields, String param, String code) {
        assertRefused(refusal(protocol::tokenize, "{" + (fields == null ? "" : fields) + "}"), param, code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                                     | tokens    | missing_required_parameter",
                "\"tokens\": \"a\"                    | tokens    | invalid_type",
                "\"tokens\": [1, \"a\"]               | tokens[1] | invalid_type",
                "\"tokens\": [1, 2, 1000000]          | tokens[2] | invalid_value",
                "\"tokens\": [-1]                     | tokens[0] | invalid_value",
                "\"tokens\": [1], \"model\": \"b\"    | model     | model_not_found"
            })
    void badFieldsOfDetokenizeAreNamed(String fields, String param, String code) {
        assertRefused(refusal(protocol::detokenize, "{" + (fields == null ? "" : fields) + "}"), param, code);
    }

    private static void assertRefused(ProtocolException refusal, String param, String code) {
        assertThat(refusal.status()).isEqualTo(code.equals("model_not_found") ? 404 : 400);
        assertThat(refusal.param()).contains(param);
        assertThat(refusal.code()).contains(code);
    }
}
