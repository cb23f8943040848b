package dev.tokamak.protocol.pooling;

import static dev.tokamak.protocol.pooling.PooledEngine.bytes;
import static dev.tokamak.protocol.pooling.PooledEngine.floats;
import static dev.tokamak.protocol.pooling.PooledEngine.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.api.PoolingParams;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingsTest {
    private static final ProtocolException GONE =
            new ProtocolException(503, "the client is gone", "service_unavailable_error", null, "gone");

    @TempDir
    private static Path folder;

    private static PooledEngine served;

    @BeforeAll
    static void open() throws IOException {
        Files.writeString(
                folder.resolve("config_sentence_transformers.json"),
                "{\"prompts\":{\"query\":\"ask: \",\"document\":\"read: \"}}");
        served = new PooledEngine(folder, "encoder", "true");
    }

    @AfterAll
    static void close() {
        served.close();
    }

    private static Map<?, ?> embed(String fields) {
        return served.object(served.protocol::embeddings, "{" + fields + "}");
    }

    @Test
    void eachTextHasItsVectorInOrder() throws InterruptedException {
        Map<?, ?> answer = embed("\"model\":\"hash\",\"input\":[\"one\",\"two words\",\"one\"],\"user\":\"me\"");
        assertThat(answer.get("object")).isEqualTo("list");
        assertThat(answer.get("model")).isEqualTo("hash");
        assertThat((String) answer.get("id")).startsWith("embd-");
        assertThat((List<?>) answer.get("data")).hasSize(3);
        String[] texts = {"one", "two words", "one"};
        for (int i = 0; i < 3; i++) {
            assertThat(item(answer, i).get("index")).isEqualTo((long) i);
            assertThat(item(answer, i).get("object")).isEqualTo("embedding");
            assertThat(floats(item(answer, i).get("embedding"))).containsExactly(served.vector(texts[i]));
        }
        long tokens = Arrays.stream(texts)
                .mapToLong(text -> served.engine.encode(text, true).length)
                .sum();
        assertThat(answer.get("usage"))
                .isEqualTo(Map.of("prompt_tokens", tokens, "total_tokens", tokens, "completion_tokens", 0L));
    }

    @Test
    void aTextAndItsTokensHaveTheSameVectorAloneAndInLists() throws InterruptedException {
        float[] expected = served.vector("some text");
        String ids = Arrays.toString(served.engine.encode("some text", true));
        for (String input : List.of("\"some text\"", "[\"some text\"]", ids, "[" + ids + "]")) {
            Map<?, ?> answer = embed("\"input\":" + input);
            assertThat((List<?>) answer.get("data")).as(input).hasSize(1);
            assertThat(floats(item(answer, 0).get("embedding"))).as(input).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"native,false", "little,false", "big,true"})
    void base64HasTheBytesOfTheNumbers(String endianness, boolean big) throws InterruptedException {
        Map<?, ?> answer =
                embed("\"input\":\"text\",\"encoding_format\":\"base64\",\"endianness\":\"" + endianness + "\"");
        byte[] decoded = Base64.getDecoder().decode((String) item(answer, 0).get("embedding"));
        FloatBuffer numbers = ByteBuffer.wrap(decoded)
                .order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] found = new float[numbers.remaining()];
        numbers.get(found);
        assertThat(found).containsExactly(served.vector("text"));
    }

    @Test
    void dimensionsAndLengthAreAsAskedFor() throws InterruptedException {
        int[] ids = served.engine.encode("text", true);
        float[] three = served.pooled(ids, PoolingParams.builder().dimensions(3).build())
                .pooled()
                .orElseThrow();
        assertThat(floats(item(embed("\"input\":\"text\",\"dimensions\":3"), 0).get("embedding")))
                .hasSize(3)
                .containsExactly(three);
        float[] plain = served.pooled(
                        ids, PoolingParams.builder().normalised(false).build())
                .pooled()
                .orElseThrow();
        assertThat(plain).isNotEqualTo(served.vector("text"));
        for (String field : List.of("normalize", "use_activation")) {
            assertThat(floats(item(embed("\"input\":\"text\",\"" + field + "\":false"), 0)
                            .get("embedding")))
                    .containsExactly(plain);
        }
    }

    @Test
    void aTextIsCutWhereAskedForAndTheEndThatIsKeptToo() throws InterruptedException {
        String text = "one two three four five six";
        int[] ids = served.engine.encode(text, true);
        float[] first = served.pooled(Arrays.copyOf(ids, 3), PoolingParams.defaults())
                .pooled()
                .orElseThrow();
        float[] last = served.pooled(Arrays.copyOfRange(ids, ids.length - 3, ids.length), PoolingParams.defaults())
                .pooled()
                .orElseThrow();
        for (String input : List.of("\"" + text + "\"", Arrays.toString(ids))) {
            String fields = "\"input\":" + input + ",\"truncate_prompt_tokens\":3";
            Map<?, ?> answer = embed(fields);
            assertThat(floats(item(answer, 0).get("embedding"))).containsExactly(first);
            assertThat(((Map<?, ?>) answer.get("usage")).get("prompt_tokens")).isEqualTo(3L);
            assertThat(floats(item(embed(fields + ",\"truncation_side\":\"left\""), 0)
                            .get("embedding")))
                    .containsExactly(last);
        }
        String huge = "7".repeat(1_000_000);
        assertThat(((Map<?, ?>) embed("\"input\":\"" + huge + "\",\"truncate_prompt_tokens\":-1")
                                .get("usage"))
                        .get("prompt_tokens"))
                .isEqualTo((long) served.engine.model().maxModelLen());
    }

    @Test
    void theCheckpointsPromptsStandBeforeTextsByName() throws InterruptedException {
        assertThat(floats(item(embed("\"input\":\"text\",\"prompt_name\":\"query\""), 0)
                        .get("embedding")))
                .containsExactly(served.vector("ask: text"));
    }

    @Test
    void thePromptThatTheCheckpointCallsUsualStandsBeforeTexts(@TempDir Path other)
            throws IOException, InterruptedException {
        Files.writeString(
                other.resolve("config_sentence_transformers.json"),
                "{\"prompts\":{\"query\":\"ask: \",\"document\":\"read: \"},\"default_prompt_name\":\"document\"}");
        try (PooledEngine usual = new PooledEngine(other)) {
            Map<?, ?> answer = usual.object(usual.protocol::embeddings, "{\"input\":\"text\"}");
            assertThat(floats(item(answer, 0).get("embedding"))).containsExactly(usual.vector("read: text"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                                           | input                  | missing_required_parameter",
                "\"input\": null                            | input                  | missing_required_parameter",
                "\"input\": 7                               | input                  | invalid_type",
                "\"input\": {}                              | input                  | invalid_type",
                "\"input\": []                              | input                  | invalid_value",
                "\"input\": [[]]                            | input[0]               | invalid_value",
                "\"input\": [\"a\", 7]                      | input[1]               | invalid_type",
                "\"input\": [7, \"a\"]                      | input[1]               | invalid_type",
                "\"input\": [[7], [1.5]]                    | input[1][0]            | invalid_type",
                "\"input\": [7, -1]                         | input[1]               | invalid_value",
                "\"input\": [[600]]                         | input[0][0]            | invalid_value",
                "\"input\": \"\"                            | input                  | invalid_value",
                "\"input\": [\"a\", \"\"]                   | input[1]               | invalid_value",
                "\"messages\": []                           | messages               | unsupported_parameter",
                "\"input\": \"a\", \"model\": \"b\"         | model                  | model_not_found",
                "\"input\": \"a\", \"model\": 7             | model                  | invalid_type",
                "\"input\": \"a\", \"encoding_format\": \"hex\"  | encoding_format   | invalid_value",
                "\"input\": \"a\", \"encoding_format\": 7   | encoding_format        | invalid_type",
                "\"input\": \"a\", \"embed_dtype\": \"float16\" | embed_dtype        | unsupported_parameter",
                "\"input\": \"a\", \"endianness\": \"middle\" | endianness           | invalid_value",
                "\"input\": \"a\", \"dimensions\": 0        | dimensions             | invalid_value",
                "\"input\": \"a\", \"dimensions\": 9        | dimensions             | invalid_value",
                "\"input\": \"a\", \"dimensions\": \"3\"    | dimensions             | invalid_type",
                "\"input\": \"a\", \"use_activation\": 1    | use_activation         | invalid_type",
                "\"input\": \"a\", \"normalize\": \"no\"    | normalize              | invalid_type",
                "\"input\": \"a\", \"add_special_tokens\": 0 | add_special_tokens    | invalid_type",
                "\"input\": \"a\", \"truncate_prompt_tokens\": 0  | truncate_prompt_tokens | invalid_value",
                "\"input\": \"a\", \"truncate_prompt_tokens\": -2 | truncate_prompt_tokens | invalid_value",
                "\"input\": \"a\", \"truncation_side\": \"middle\" | truncation_side  | invalid_value",
                "\"input\": \"a\", \"prompt_name\": \"other\" | prompt_name          | invalid_value",
                "\"input\": \"a\", \"priority\": 1.5        | priority               | invalid_type",
                "\"input\": \"a\", \"request_id\": \"a b\"  | request_id             | invalid_value",
                "\"input\": \"a\", \"cache_salt\": \"\"     | cache_salt             | invalid_value"
            })
    void badFieldsAreNamed(String fields, String param, String code) {
        ProtocolException refusal =
                served.refusal(served.protocol::embeddings, "{" + (fields == null ? "" : fields) + "}");
        assertThat(refusal.status()).isEqualTo(code.equals("model_not_found") ? 404 : 400);
        assertThat(refusal.param()).contains(param);
        assertThat(refusal.code()).contains(code);
    }

    @Test
    void aTextThatIsTooLongIsNamed() {
        String ids = "[" + "7,".repeat(served.engine.model().maxModelLen()) + "7]";
        for (String text : List.of("\"" + "7".repeat(1_000_000) + "\"", ids)) {
            ProtocolException refusal = served.refusal(served.protocol::embeddings, "{\"input\":[[7]," + text + "]}");
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal.code()).contains("context_length_exceeded");
            assertThat(refusal.param()).contains("input[1]");
            assertThat(refusal).hasMessageStartingWith("This model's maximum context length is ");
        }
    }

    @Test
    void aCallHasSoManyTextsAndTokensAndNoMore(@TempDir Path other) {
        ProtocolException texts = served.refusal(
                served.protocol::embeddings, "{\"input\":[" + "\"a\",".repeat(PooledModel.MAX_TEXTS) + "\"a\"]}");
        assertThat(texts.param()).contains("input");
        assertThat(texts).hasMessageContaining("at most 2048");
        int each = 4_096;
        int many = Texts.MAX_TOKENS / each + 1;
        String ids = "[" + "7,".repeat(each - 1) + "7]";
        try (PooledEngine patient = new PooledEngine(other, "context", "4096")) {
            ProtocolException tokens = patient.refusal(
                    patient.protocol::embeddings, "{\"input\":[" + (ids + ",").repeat(many - 1) + ids + "]}");
            assertThat(tokens.param()).contains("input[" + (many - 1) + "]");
            assertThat(tokens).hasMessageContaining("at most " + Texts.MAX_TOKENS);
        }
    }

    @Test
    void textsCountAgainstTheQueueAsPromptsDo(@TempDir Path other) {
        try (PooledEngine small = new PooledEngine(other, 4)) {
            String texts = "\"a\",".repeat(19) + "\"a\"";
            assertThat((List<?>) small.object(small.protocol::embeddings, "{\"input\":[" + texts + "]}")
                            .get("data"))
                    .hasSize(20);
            ProtocolException refusal = small.refusal(small.protocol::embeddings, "{\"input\":[" + texts + ",\"a\"]}");
            assertThat(refusal.status()).isEqualTo(429);
            assertThat(refusal.code()).contains("overloaded");
            assertThat(refusal).hasMessageContaining("max-num-queued-reqs");
        }
    }

    @Test
    void aCallThatIsAbortedEndsWithTheReasonAndLeavesNothingRunning() {
        Call call = served.protocol.embeddings(bytes("{\"input\":[\"a\",\"b\"]}"));
        CompletableFuture<byte[]> answer = call.respond(task -> {});
        call.abort(GONE);
        assertThat(catchThrowableOfType(CompletionException.class, answer::join))
                .hasCause(GONE);
        Call early = served.protocol.embeddings(bytes("{\"input\":\"a\"}"));
        early.abort(GONE);
        assertThat(catchThrowableOfType(ProtocolException.class, () -> early.respond(task -> {})))
                .isSameAs(GONE);
        while (running() > 0) {
            Thread.onSpinWait();
        }
    }

    private static double running() {
        return served.engine.metrics().stream()
                .filter(metric -> metric.name().equals("requests_running"))
                .findFirst()
                .orElseThrow()
                .value();
    }
}
