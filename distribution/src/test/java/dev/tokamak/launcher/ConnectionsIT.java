package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients that are slow, odd or hostile can do to the real server: sockets, and nothing else between. */
@Timeout(240)
class ConnectionsIT {
    /** More than the server has threads for requests. */
    private static final int MANY = 300;

    private static final String ANSWER = "{\"model\":\"demo\",\"prompt\":\"Once\",\"max_tokens\":4}";
    private static final String JSON = "Content-Type: application/json\r\n";

    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.start(
                Map.of(),
                "--header-timeout-millis",
                "3000",
                "--body-timeout-millis",
                "4000",
                "--max-connections",
                "700");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(120_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes and reads to the end of the connection. */
    private static String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            send(socket, request);
            return rest(socket);
        }
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String get(String path) throws IOException {
        return exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    private static String post(String headers, String body) {
        return "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n" + body;
    }

    private static String length(String body) {
        return "Content-Length: " + body.length() + "\r\n";
    }

    private static void assertEverythingAnswers() throws IOException {
        for (String path : List.of("/health", "/metrics", "/v1/models")) {
            assertThat(get(path)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(exchange(post(JSON + length(ANSWER), ANSWER))).startsWith("HTTP/1.1 200 ");
    }

    private static void assertRefused(String answer, int status, String code) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("Content-Type: application/json\r\n", "Connection: close\r\n")
                .contains("\r\n\r\n{\"error\":{\"message\":\"", "\"code\":\"" + code + "\"");
    }

    /** Opens many connections that send the same and no more, and one byte each while the server is asked. */
    private static void assertSlowOnesStopNobody(String unfinished) throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                Socket socket = connect();
                slow.add(socket);
                send(socket, unfinished);
            }
            for (Socket socket : slow) {
                send(socket, "a");
            }
            assertEverythingAnswers();
            for (Socket socket : slow) {
                assertRefused(rest(socket), 408, "request_timeout");
            }
            assertEverythingAnswers();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void unfinishedBodiesStopNobodyAndEndInTime() throws IOException {
        assertSlowOnesStopNobody(post(JSON + "Content-Length: 1000\r\n", "{"));
    }

    @Test
    void unfinishedChunksStopNobodyAndEndInTime() throws IOException {
        assertSlowOnesStopNobody(post(JSON + "Transfer-Encoding: chunked\r\n", "3e8\r\n{"));
    }

    @Test
    void unfinishedHeadersStopNobodyAndEndInTime() throws IOException {
        assertSlowOnesStopNobody("GET /health HTTP/1.1\r\nHost: localhost\r\nX: ");
    }

    @Test
    void unfinishedBodiesOfOtherRoutesStopNobody() throws IOException {
        assertSlowOnesStopNobody("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{");
    }

    @Test
    void idleConnectionsStopNobody() throws IOException {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                Socket socket = connect();
                idle.add(socket);
                send(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            assertEverythingAnswers();
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsBeyondTheLimitAreRefusedAndTheOthersServed() throws IOException {
        List<Socket> open = new ArrayList<>();
        try {
            // Those of tests before may still be open for a moment, so it takes no more than the limit.
            String refusal = "";
            for (int i = 0; i <= 700 && refusal.isEmpty(); i++) {
                Socket socket = connect();
                open.add(socket);
                send(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                if (socket.getInputStream().readNBytes(12)[9] != '2') {
                    refusal = rest(socket);
                }
            }
            assertThat(refusal).contains("Retry-After: 1\r\n", "\"code\":\"overloaded\"");
            send(open.get(0), "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            open.remove(open.size() - 1).close();
            for (Socket socket : open) {
                socket.close();
            }
            String answer;
            do {
                goOn();
                answer = get("/health"); // closing takes the server a moment
            } while (!answer.startsWith("HTTP/1.1 200 "));
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void bodyWithTwoLengthsIsRefusedAndTheConnectionClosed() throws IOException {
        String smuggled = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String answer = exchange("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled);
        assertRefused(answer, 400, "malformed_request");
        assertThat(answer).doesNotContain("ready");
    }

    @Test
    void codingsBesideChunkedAreRefused() throws IOException {
        String chunks = "0\r\n\r\n";
        assertRefused(
                exchange(post(JSON + "Transfer-Encoding: chunked, identity\r\n", chunks)), 400, "malformed_request");
        assertRefused(exchange(post(JSON + "Transfer-Encoding: identity\r\n", chunks)), 400, "malformed_request");
    }

    @Test
    void chunkExtensionsAreIgnored() throws IOException {
        String chunks = Integer.toHexString(ANSWER.length()) + ";name=value;other=\"quoted\"\r\n" + ANSWER
                + "\r\n0;last\r\nTrailer: x\r\n\r\n";
        assertThat(exchange(post(JSON + "Transfer-Encoding: chunked\r\n", chunks)))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void longTokensInHeadersAreTakenAndLongerOnesRefusedByName() throws IOException {
        String authorization = "Authorization: Bearer ";
        assertThat(exchange(post(JSON + authorization + "t".repeat(60_000) + "\r\n" + length(ANSWER), ANSWER)))
                .startsWith("HTTP/1.1 200 ");
        assertRefused(
                exchange(post(JSON + authorization + "t".repeat(70_000) + "\r\n" + length(ANSWER), ANSWER)),
                431,
                "headers_too_large");
        assertRefused(get("/" + "a".repeat(20_000)), 414, "uri_too_long");
    }

    @Test
    void compressedBodiesAreReadWithinTheLimit() throws IOException {
        assertThat(exchangeGzip(ANSWER.getBytes(StandardCharsets.UTF_8))).startsWith("HTTP/1.1 200 ");
        assertRefused(exchangeGzip(new byte[100 << 20]), 413, "request_too_large");
        assertRefused(
                exchange(post(JSON + "Content-Encoding: br\r\n" + length(ANSWER), ANSWER)),
                415,
                "unsupported_content_encoding");
    }

    private static String exchangeGzip(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(body);
        }
        try (Socket socket = connect()) {
            send(socket, post(JSON + "Content-Encoding: gzip\r\nContent-Length: " + bytes.size() + "\r\n", ""));
            socket.getOutputStream().write(bytes.toByteArray());
            return rest(socket);
        }
    }

    @Test
    void refusalOfALargeBodyIsReadByAClientThatSendsAllOfItFirst() throws IOException {
        String tooLarge = " ".repeat(20 << 20);
        assertRefused(exchange(post(JSON + length(tooLarge), tooLarge)), 413, "request_too_large");
    }

    @Test
    void pagesOfOthersCannotUseTheServer() throws IOException {
        String foreign = "Origin: http://page.example\r\n" + length(ANSWER);
        assertRefused(exchange(post(foreign, ANSWER)), 403, "foreign_origin");
        assertRefused(exchange(post("Content-Type: text/plain\r\n" + foreign, ANSWER)), 403, "foreign_origin");
        assertRefused(
                exchange("GET /v1/models HTTP/1.1\r\nHost: page.example:" + server.port() + "\r\n\r\n"),
                403,
                "host_not_allowed");
    }

    @Test
    void whatIsNoHttpIsRefusedInTheWordsOfOtherRefusals() throws IOException {
        assertRefused(exchange("NONSENSE\r\n\r\n"), 400, "malformed_request");
        assertRefused(exchange("\u0016\u0003\u0001\u0002"), 400, "malformed_request");
        assertRefused(exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, "http_version");
        for (String path : List.of("/v1/%zz", "/v1/%00", "/../etc/passwd", "/%2e%2e/b", "/a%5cb")) {
            assertRefused(get(path), 400, "malformed_request");
        }
    }

    @Test
    void requestsThatComeAtOnceAreAnsweredInTheirOrder() throws IOException {
        String one = "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String text = post(JSON + length(ANSWER), ANSWER).replace("Connection: close\r\n", "");
        String answers = exchange(
                one.repeat(1000) + text + "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answers.split("HTTP/1.1 200 ", -1)).hasSize(1003);
        assertThat(answers.indexOf("\"version\"")).isLessThan(answers.indexOf("\"choices\""));
        assertThat(answers).endsWith("{\"status\":\"ready\"}");
    }

    @Test
    void clientThatEndsItsSideAfterAShortQuestionGetsTheAnswer() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "GET /health HTTP/1.0\r\n\r\n");
            socket.shutdownOutput();
            assertThat(rest(socket)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void clientThatAsksBeforeItSendsIsToldToGoOn() throws IOException {
        try (Socket socket = connect()) {
            send(socket, post(JSON + "Expect: 100-continue\r\n" + length(ANSWER), ""));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readNBytes(25), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            send(socket, ANSWER);
            assertThat(rest(socket)).startsWith("HTTP/1.1 200 ");
        }
    }

    private static double metric(String name) throws IOException {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith("tokamak_" + name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Lets the test's time limit end a loop that waits for the server. */
    private static void goOn() throws InterruptedIOException {
        if (Thread.interrupted()) {
            throw new InterruptedIOException("the server did not get there in time");
        }
    }

    /** Asks until nothing runs and nothing waits; the test's time limit ends it. */
    private static void awaitRest() throws IOException {
        while (metric("requests_running") + metric("requests_waiting") > 0) {
            goOn();
        }
    }

    private static Socket askForALongAnswer(boolean stream) throws IOException {
        String question = "{\"model\":\"demo\",\"prompt\":\"Once upon a time\",\"ignore_eos\":true,\"max_tokens\":1900,"
                + "\"stream\":" + stream + "}";
        Socket socket = connect();
        send(socket, post(JSON + length(question), question));
        return socket;
    }

    private static void leave(Socket socket, boolean reset) throws IOException {
        if (reset) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clientThatLeavesIsNoticedWhateverTheMoment(boolean stream) throws IOException {
        awaitRest();
        double finished = metric("requests_finished_total");
        double aborted = metric("requests_aborted_total");
        for (int moment = 0; moment < 10; moment++) {
            double tokens = metric("generation_tokens_total") + 40 * moment;
            Socket client = askForALongAnswer(stream);
            while (moment > 0 && metric("generation_tokens_total") <= tokens) {
                goOn();
            }
            leave(client, moment % 2 == 0);
            awaitRest();
        }
        // The one that left at once may have left before it was heard.
        assertThat(metric("requests_aborted_total") - aborted).isBetween(9.0, 10.0);
        assertThat(metric("requests_finished_total")).isEqualTo(finished);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoHundredClientsThatLeaveAreNoticed(boolean stream) throws IOException {
        awaitRest();
        double finished = metric("requests_finished_total");
        double aborted = metric("requests_aborted_total");
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(askForALongAnswer(stream));
        }
        while (metric("requests_running") + metric("requests_waiting") < 200) {
            goOn();
        }
        for (Socket client : clients) {
            leave(client, clients.indexOf(client) % 2 == 0);
        }
        awaitRest();
        assertThat(metric("requests_aborted_total")).isEqualTo(aborted + 200);
        assertThat(metric("requests_finished_total")).isEqualTo(finished);
        assertThat(server.said()).doesNotContain("\tat ");
    }

    @Test
    void clientsThatAskAndAskAndReadNothingStopNobody() throws IOException {
        List<Socket> deaf = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                Socket socket = connect();
                deaf.add(socket);
                send(socket, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000));
            }
            assertEverythingAnswers();
        } finally {
            for (Socket socket : deaf) {
                socket.close();
            }
        }
    }
}
