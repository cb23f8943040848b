package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import java.io.File;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The WAR on a stock Payara Micro with Tokamak's jars, asked by OpenAI's own client. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@Timeout(240)
class StockPayaraMicroIT {
    private static final String MODEL = "tokamak-demo";

    @ArquillianResource
    private URL deployed;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private URI base;
    private OpenAIClient client;

    @Deployment(testable = false)
    static WebArchive war() {
        return ShrinkWrap.create(ZipImporter.class, "ROOT.war")
                .importFrom(new File(System.getProperty("tokamak.test.home"), "war/ROOT.war"))
                .as(WebArchive.class);
    }

    @BeforeEach
    void connect() {
        base = URI.create("http://127.0.0.1:" + deployed.getPort());
        client = OpenAIOkHttpClient.builder()
                .baseUrl(base + "/v1")
                .apiKey("unused")
                .maxRetries(0)
                .build();
    }

    @Test
    void modelsAreListedUnderAllTheirNames() {
        List<String> names =
                client.models().list().autoPager().stream().map(Model::id).collect(Collectors.toList());
        assertThat(names).containsExactly(MODEL, "demo");
    }

    @Test
    void chatAnswersWithUsage() {
        ChatCompletion answer = client.chat().completions().create(question("What is 12 + 30?", 32));
        assertThat(answer.choices()).hasSize(1);
        assertThat(answer.choices().get(0).message().content().orElse("")).isNotBlank();
        assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
        assertThat(answer.usage().orElseThrow().promptTokens()).isPositive();
        assertThat(answer.usage().orElseThrow().promptTokensDetails()).isEmpty();
    }

    @Test
    void streamedChatSaysTheSameAsTheWholeAnswer() {
        ChatCompletionCreateParams params = question("What is the capital of France?", 24);
        String whole = client.chat()
                .completions()
                .create(params)
                .choices()
                .get(0)
                .message()
                .content()
                .orElse("");
        ChatCompletionCreateParams streamed = params.toBuilder()
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(streamed)) {
            chunks = stream.stream().collect(Collectors.toList());
        }
        String joined = chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .map(choice -> choice.delta().content())
                .flatMap(Optional::stream)
                .collect(Collectors.joining());
        assertThat(joined).isEqualTo(whole);
        assertThat(chunks.get(0).choices().get(0).delta().role()).isPresent();
        assertThat(chunks.get(chunks.size() - 1).usage()).isPresent();
    }

    @Test
    void completionsContinueTextAndTokens() {
        Completion text = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(MODEL)
                        .prompt("Once upon a time")
                        .maxTokens(8)
                        .temperature(0)
                        .build());
        assertThat(text.choices().get(0).text()).isNotEmpty();
        Completion tokens = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(MODEL)
                        .promptOfArrayOfTokens(List.of(60L, 61L, 62L))
                        .maxTokens(4)
                        .build());
        assertThat(tokens.usage().orElseThrow().promptTokens()).isEqualTo(3);
    }

    @Test
    void embeddingsAreVectorsOfUnitLengthInOrder() {
        CreateEmbeddingResponse answer = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(MODEL)
                        .inputOfArrayOfStrings(List.of("Once upon a time", "12 + 30", "Once upon a time"))
                        .build());
        assertThat(answer.data()).extracting(Embedding::index).containsExactly(0L, 1L, 2L);
        assertThat(answer.data().get(2).embedding())
                .isEqualTo(answer.data().get(0).embedding())
                .isNotEqualTo(answer.data().get(1).embedding());
        double squares = answer.data().get(0).embedding().stream()
                .mapToDouble(value -> value * value)
                .sum();
        assertThat(squares).isCloseTo(1, within(1e-3));
        assertThat(answer.usage().promptTokens())
                .isPositive()
                .isEqualTo(answer.usage().totalTokens());
    }

    @Test
    void vectorsScoresAndTokensAreAtAllTheirPaths() throws Exception {
        String texts =
                "{\"query\":\"a\",\"documents\":[\"a\",\"b\"],\"queries\":\"a\",\"input\":\"a\",\"inputs\":\"a\","
                        + "\"prompt\":\"a\",\"tokens\":[5],\"task\":\"embed\"}";
        for (String path : List.of(
                "/score",
                "/v1/score",
                "/rerank",
                "/v1/rerank",
                "/v2/rerank",
                "/pooling",
                "/embed",
                "/tokenize",
                "/detokenize",
                "/ping")) {
            HttpResponse<String> answer = send("POST", path, texts);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).as(path).contains("application/json");
        }
        HttpResponse<String> refused = send("POST", "/classify", texts);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("does not support the task classify");
    }

    @Test
    void unknownModelIsNotFound() {
        ChatCompletionCreateParams params =
                question("Hello", 4).toBuilder().model("gpt-5").build();
        assertThatThrownBy(() -> client.chat().completions().create(params))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("gpt-5");
    }

    @Test
    void outOfRangeTemperatureIsABadRequest() {
        ChatCompletionCreateParams params =
                question("Hello", 4).toBuilder().temperature(3.5).build();
        assertThatThrownBy(() -> client.chat().completions().create(params))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("temperature");
    }

    @Test
    void overlongPromptIsABadRequest() {
        assertThatThrownBy(() -> client.chat().completions().create(question("word ".repeat(20_000), 4)))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("This model's maximum context length is")
                .hasMessageContaining("context_length_exceeded");
    }

    @Test
    void failuresOutsideTheResourcesHaveTheSameBody() throws Exception {
        assertError(send("GET", "/nope", null), 404, "not_found");
        assertError(send("DELETE", "/v1/models", null), 405, "method_not_allowed");
        assertError(send("POST", "/v1/chat/completions", "{\"model\":"), 400, "invalid_json");
        assertError(send("POST", "/v1/chat/completions", "{\"messages\":\"hello\"}"), 400, "invalid_type");
        assertError(send("POST", "/v1/completions", " ".repeat(1_000_001)), 413, "request_too_large");
        HttpResponse<String> text = http.send(
                HttpRequest.newBuilder(base.resolve("/v1/completions"))
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertError(text, 415, "unsupported_media_type");
    }

    @Test
    void malformedAddressesAreRefused() throws Exception {
        assertThat(RawHttp.statusOf(base.getPort(), "GET /v1/models?a=%zz HTTP/1.1"))
                .isEqualTo(400);
        assertThat(RawHttp.statusOf(base.getPort(), "NONSENSE")).isEqualTo(400);
    }

    @Test
    void gateStandsBeforeAStockServerToo() throws Exception {
        String header = "GET /health HTTP/1.1\r\nX: ";
        assertThat(RawHttp.statusOf(base.getPort(), header + "a".repeat(60_000)))
                .isEqualTo(200);
        assertThat(RawHttp.statusOf(base.getPort(), header + "a".repeat(70_000)))
                .isEqualTo(431);
    }

    @Test
    void healthAndVersionAnswer() throws Exception {
        assertThat(send("GET", "/health", null).statusCode()).isEqualTo(200);
        assertThat(send("GET", "/health", null).body()).contains("ready");
        assertThat(send("GET", "/ping", null).statusCode()).isEqualTo(200);
        assertThat(send("GET", "/version", null).body()).contains("\"version\"");
    }

    @Test
    void closingTheConnectionFreesTheBlocks() throws Exception {
        try (RawHttp.Stream stream = RawHttp.stream(base.getPort(), "/v1/completions", endless(1))) {
            stream.awaitEvents(3);
            assertThat(metric("requests_running")).isEqualTo(1);
            assertThat(metric("kv_cache_usage_perc")).isPositive();
        }
        awaitMetric("requests_running", 0);
        awaitMetric("kv_cache_usage_perc", 0);
    }

    @Test
    void closingTheConnectionAbortsAnAnswerThatIsNotStreamed() throws Exception {
        double aborted = metric("requests_aborted_total");
        String whole = endless(8).replace("\"stream\":true", "\"stream\":false");
        RawHttp.Stream waiting = RawHttp.stream(base.getPort(), "/v1/completions", whole);
        awaitMetric("requests_running", 8);
        waiting.close();
        awaitMetric("requests_running", 0);
        assertThat(metric("requests_aborted_total")).isEqualTo(aborted + 8);
        assertThat(metric("kv_cache_usage_perc")).isZero();
    }

    @Test
    void clientThatReadsNothingDoesNotStopOthers() throws Exception {
        try (RawHttp.Stream idle = RawHttp.stream(base.getPort(), "/v1/completions", endless(8))) {
            ChatCompletion answer = client.chat().completions().create(question("What is 7 + 8?", 16));
            assertThat(answer.choices()).hasSize(1);
            idle.awaitEvents(1);
        }
        awaitMetric("requests_running", 0);
    }

    private static String endless(int n) {
        return "{\"model\":\"demo\",\"prompt\":\"Once upon a time\",\"stream\":true,\"ignore_eos\":true,\"n\":" + n
                + ",\"max_tokens\":1900}";
    }

    private static ChatCompletionCreateParams question(String text, int maxTokens) {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .addUserMessage(text)
                .maxCompletionTokens(maxTokens)
                .temperature(0)
                .build();
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(120))
                .header("Content-Type", "application/json");
        return http.send(
                request.method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void assertError(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body()).startsWith("{\"error\":{\"message\":\"").contains("\"code\":\"" + code + "\"");
    }

    private double metric(String name) throws Exception {
        return send("GET", "/metrics", null)
                .body()
                .lines()
                .filter(line -> line.startsWith("tokamak_" + name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Asks until the value is there; the test's time limit ends it. */
    private void awaitMetric(String name, double expected) throws Exception {
        while (metric(name) != expected) {
            Thread.onSpinWait();
        }
    }
}
