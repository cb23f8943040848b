package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients and the log are told where something fails, by one server that the last test stops. */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HttpErrorsIT {
    private static final String CALLING =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"tools\":[{\"type\":\"function\",\"function\":"
                    + "{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}],\"max_tokens\":4,\"stream\":";
    private static final String ENDLESS =
            "{\"prompt\":\"Once\",\"ignore_eos\":true,\"max_tokens\":1900,\"n\":64,\"stream\":";
    private static final String FAILED = "\"the server failed to answer; see its log\"";
    private static final String CUT_OFF = "\"the server stopped before the answer was complete;";

    @TempDir
    private static Path folder;

    private static RunningServer server;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        Path plugin = folder.resolve("failing.jar");
        ShrinkWrap.create(JavaArchive.class)
                .addClasses(FailingToolParser.class, FailingToolParser.Parser.class)
                .addAsServiceProvider(
                        "dev.tokamak.spi.toolparser.ToolParserProvider", FailingToolParser.class.getName())
                .as(ZipExporter.class)
                .exportTo(plugin.toFile());
        server = RunningServer.start(
                Map.of("TOKAMAK_DRAIN_MILLIS", "0"),
                "--enable-auto-tool-choice",
                "--tool-call-parser",
                FailingToolParser.NAME,
                "--tool-parser-plugin",
                plugin.toString());
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void anAnswerThatFailsIsAnErrorAndOneLineInTheLog() throws Exception {
        HttpResponse<String> answer = http.send(post("/v1/chat/completions", CALLING + "false}"), text());
        assertError(answer, 500, "internal");
        assertThat(answer.body()).contains(FAILED);
        server.awaitSaid(
                "POST /v1/chat/completions failed: java.lang.IllegalStateException: the parser has a mistake at "
                        + FailingToolParser.class.getName());
        assertThat(server.said()).doesNotContain("\tat ");
    }

    @Test
    void aStreamThatFailsEndsWithAnErrorEventAndIsOneLineInTheLog() throws Exception {
        HttpResponse<String> answer = http.send(post("/v1/chat/completions", CALLING + "true}"), text());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .contains("data: {\"error\":{\"message\":" + FAILED)
                .endsWith("data: [DONE]\n\n");
        server.awaitSaid(" failed: java.lang.IllegalStateException: the parser has a mistake");
        assertThat(server.said()).contains("the stream chatcmpl-").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /nope HTTP/1.1",
                "DELETE /v1/models HTTP/1.1",
                "TRACE /v1/models HTTP/1.1",
                "FOO /v1/models HTTP/1.1",
                "CONNECT example.com:443 HTTP/1.1",
                "PRI * HTTP/2.0",
                "GET /v1/models",
                "GET /v1/models HTTP/0.9",
                "GET /v1/models HTTP/2.0",
                "GET /v1/models HTTP/1.2",
                "GET nope HTTP/1.1",
                "GET ftp://localhost/nope HTTP/1.1",
                "GET /v1/%zz HTTP/1.1",
                "GET /v1/% HTTP/1.1",
                "GET /v1/%00 HTTP/1.1",
                "GET /v1/%ff%fe HTTP/1.1",
                "GET /v1\\models HTTP/1.1",
                "GET /v1%5cmodels HTTP/1.1",
                "GET /../../etc/passwd HTTP/1.1",
                "GET /%2e%2e/%2e%2e/etc HTTP/1.1",
                "GET /WEB-INF/web.xml HTTP/1.1",
                "GET /_error HTTP/1.1",
                "NONSENSE",
                "\u0016\u0003\u0001",
            })
    void whateverIsRefusedHasTheBodyOfAllErrors(String requestLine) throws IOException {
        RawHttp.assertErrorBody(
                RawHttp.answer(server.port(), requestLine + "\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE /v1/models HTTP/1.1\r\nContent-Length: 2",
                "FOO /v1/models HTTP/1.1\r\nContent-Length: 2",
                "POST /v1/completions HTTP/1.1\r\nContent-Length: abc",
                "POST /v1/completions HTTP/1.1\r\nContent-Type: ;;;\r\nContent-Length: 2",
                "POST /v1/completions HTTP/1.1\r\nCookie: \u0001\r\nContent-Length: 2"
            })
    void aBodyWhereNoneBelongsAndHeadersThatAreNoneAreRefusedLikeEverythingElse(String head) throws IOException {
        RawHttp.assertErrorBody(
                RawHttp.answer(server.port(), head + "\r\nHost: localhost\r\nConnection: close\r\n\r\n{}"));
    }

    @Test
    void aCallOfMoreSequencesThanMayWaitIsRefusedWithTheTimeToTryAgain() throws Exception {
        HttpResponse<String> answer = http.send(
                post("/v1/completions", "{\"prompt\":[" + "\"a\",".repeat(1023) + "\"a\"],\"n\":128}"), text());
        assertError(answer, 429, "overloaded");
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void aFloodOfFailuresIsAFewLinesInTheLog() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertError(http.send(post("/v1/chat/completions", CALLING + "false}"), text()), 500, "internal");
        }
        // Other tests of the same minute had their share of the lines.
        assertThat(server.said().lines().filter(line -> line.contains("POST /v1/chat/completions failed: ")))
                .hasSizeLessThanOrEqualTo(20);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void requestsThatOutlastTheStopAreToldSoAndTheLogSaysSo() throws Exception {
        RawHttp.Stream streamed = RawHttp.stream(server.port(), "/v1/completions", ENDLESS + "true}");
        streamed.awaitEvents(1);
        CompletableFuture<HttpResponse<String>> whole =
                http.sendAsync(post("/v1/completions", ENDLESS + "false}"), text());
        awaitRunning(128);
        server.signal();
        assertError(whole.get(), 503, "stopping");
        assertThat(whole.get().body()).contains(CUT_OFF);
        List<String> events = streamed.remainingEvents();
        assertThat(events.get(events.size() - 2)).startsWith("data: {\"error\":{\"message\":" + CUT_OFF);
        assertThat(events.get(events.size() - 1)).isEqualTo("data: [DONE]");
        assertThat(server.process().waitFor()).isZero();
        assertThat(server.said())
                .contains(
                        "stopping: 2 requests still running, which may take 0 ms more",
                        "aborting 2 requests that did not finish in time")
                .doesNotContain("JdbcRuntimeExtension", "Payara Micro STOPPED", "Already shut down", "\tat ");
    }

    private static HttpResponse.BodyHandler<String> text() {
        return HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8);
    }

    private static HttpRequest post(String path, String body) {
        return HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), text());
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    /** Asks until so many sequences run; the test's time limit ends it. */
    private void awaitRunning(int sequences) throws IOException, InterruptedException {
        while (!get("/metrics").body().contains("tokamak_requests_running{model_name=\"demo\"} " + sequences + "\n")) {
            Thread.onSpinWait();
        }
    }

    private static void assertError(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.body())
                .startsWith("{\"error\":{\"message\":\"")
                .contains("\"code\":\"" + code + "\"")
                .doesNotContain("Exception", "dev.tokamak", "<html");
    }
}
