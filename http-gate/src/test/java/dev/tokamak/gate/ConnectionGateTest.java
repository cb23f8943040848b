package dev.tokamak.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionGateTest {
    private static final int LIMIT = 20_000;
    private static final int HEADER_LIMIT = 2000;
    private static final int HEADER_MILLIS = 11;
    private static final int BODY_MILLIS = 12;
    private static final int IDLE_MILLIS = 13;
    private static final int STALL_MILLIS = 14;
    private static final String POST = "POST /v1/completions HTTP/1.1\r\nHost: localhost:8000\r\n";
    private static final String GET = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final MemoryBudget budget = new MemoryBudget(LIMIT * 3L / 2);
    private final RecordedWire wire = new RecordedWire();
    private final RecordedWire.Source source = new RecordedWire.Source();
    private ConnectionGate gate = gate(true, List.of("models.example"));

    private ConnectionGate gate(boolean loopbackOnly, List<String> allowedHosts) {
        return new ConnectionGate(
                wire,
                new GateSettings(
                        LIMIT,
                        HEADER_LIMIT,
                        LIMIT,
                        10,
                        HEADER_MILLIS,
                        BODY_MILLIS,
                        IDLE_MILLIS,
                        STALL_MILLIS,
                        loopbackOnly,
                        allowedHosts),
                budget);
    }

    private void receive(String text) {
        receive(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void receive(byte[] bytes) {
        gate.received(bytes, source);
    }

    private String onlyRequest() {
        assertThat(wire.sent()).isEmpty();
        assertThat(wire.forwarded).hasSize(1);
        return wire.forwarded.get(0);
    }

    private void assertRefused(int status, String code) {
        assertThat(wire.forwarded).isEmpty();
        assertThat(wire.sent())
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("Connection: close\r\n", "Content-Type: application/json\r\n", "{\"error\":{\"message\":")
                .contains("\"code\":\"" + code + "\"");
        assertThat(wire.ended).isTrue();
        assertThat(budget.used()).isZero();
    }

    @Test
    void requestIsHandedOnOnceItIsWholeWhateverThePiecesItComesIn() {
        String request = POST + "Content-Length: 5\r\n\r\nhello";
        for (char c : request.toCharArray()) {
            assertThat(wire.forwarded).isEmpty();
            receive(String.valueOf(c));
        }
        assertThat(onlyRequest()).startsWith(POST).endsWith("Content-Length: 5\r\n\r\nhello");
    }

    @Test
    void chunksAreJoinedAndTheirExtensionsAndTrailersIgnored() {
        receive(POST + "Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n");
        receive("3;a=b;c=\"d\"\r\nhel\r\n00002 ;x\r\nlo\r\n0;last\r\nX: y\r\n\r\n");
        assertThat(onlyRequest())
                .endsWith("Content-Length: 5\r\n\r\nhello")
                .doesNotContainIgnoringCase("transfer-encoding")
                .doesNotContain("Trailer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n",
                "-5\r\n",
                "\r\n",
                " 5\r\n",
                ";a\r\n",
                "ffffffffffffffff\r\n",
                "3\r\nhello\r\n",
                "3\rx",
                "0\r\nA: b\rc\r\n"
            })
    void malformedChunkIsRefused(String chunks) {
        receive(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
        assertRefused(400, "malformed_request");
    }

    @Test
    void endlessExtensionsAndTrailersAreRefused() {
        receive(POST + "Transfer-Encoding: chunked\r\n\r\n5;" + "a".repeat(5000));
        assertRefused(400, "malformed_request");
    }

    @Test
    void endlessTrailerIsRefused() {
        receive(POST + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + "A: b\r\n".repeat(10_000));
        assertRefused(431, "headers_too_large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: \r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: \r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length : 5\r\n",
                " Content-Length: 5\r\n",
                "A: b\r\n c\r\n",
                "A: b\0c\r\n",
                "A: b\rc\r\n",
                "Host: other\r\n",
                ": x\r\n",
                "no colon\r\n"
            })
    void headThatCouldBeReadInTwoWaysIsRefused(String header) {
        receive(POST + header + "\r\nhello");
        assertRefused(400, "malformed_request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONSENSE",
                "GET /health",
                "GET  /health HTTP/1.1",
                "GET /health HTTP/1.1 ",
                "GET health HTTP/1.1",
                "GET /v1/%zz HTTP/1.1",
                "GET /v1/%00 HTTP/1.1",
                "GET /a%5cb HTTP/1.1",
                "GET /a/../../b HTTP/1.1",
                "GET /%2e%2e/b HTTP/1.1",
                "GET /\u00e4 HTTP/1.1",
                "CONNECT localhost:80 HTTP/1.1",
                "G(T /health HTTP/1.1",
                "GET /health http/1.1"
            })
    void malformedRequestLineIsRefused(String line) {
        receive(line + "\r\nHost: localhost\r\n\r\n");
        assertRefused(400, "malformed_request");
    }

    @Test
    void whatIsNoHttpIsRefusedWithoutWaitingForALine() {
        receive(new byte[] {0x16, 3, 1, 0});
        assertRefused(400, "malformed_request");
    }

    @Test
    void otherVersionsAreRefused() {
        receive("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        assertRefused(505, "http_version");
    }

    @Test
    void hostIsNeededInVersion11Only() {
        receive("GET /health HTTP/1.0\r\n\r\n");
        assertThat(onlyRequest()).isEqualTo("GET /health HTTP/1.0\r\nConnection: close\r\n\r\n");
        gate.answered();
        wire.forwarded.clear();
        receive("GET /health HTTP/1.1\r\n\r\n");
        assertRefused(400, "malformed_request");
    }

    @Test
    void targetWithAuthorityBecomesAPathAndAHost() {
        receive("GET http://localhost:8000/health?a=b HTTP/1.1\r\nHost: other\r\n\r\n");
        assertThat(onlyRequest()).isEqualTo("GET /health?a=b HTTP/1.1\r\nHost: localhost:8000\r\n\r\n");
    }

    @Test
    void upgradesAreNotHandedOn() {
        receive("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                + "HTTP2-Settings: AAMAAABk\r\n\r\n");
        assertThat(onlyRequest()).isEqualTo(GET);
    }

    @Test
    void headersUpToTheLimitAreTakenAndLargerOnesRefused() {
        String rest = "Host: localhost\r\nA: \r\n\r\n";
        String fits =
                "GET /health HTTP/1.1\r\n" + rest.replace("A: ", "A: " + "a".repeat(HEADER_LIMIT - rest.length()));
        receive(fits);
        assertThat(onlyRequest()).contains("aaaa");
        gate.answered();
        wire.forwarded.clear();
        receive(fits.replace("A: ", "A: a"));
        assertRefused(431, "headers_too_large");
    }

    @Test
    void endlessHeadersAreRefusedBeforeTheyEnd() {
        receive(POST);
        for (int i = 0; i < HEADER_LIMIT; i += 8) {
            receive("A: bcd\r\n");
        }
        assertRefused(431, "headers_too_large");
    }

    @Test
    void longRequestLineIsRefusedBeforeItEnds() {
        receive("GET /" + "a".repeat(17_000));
        assertRefused(414, "uri_too_long");
    }

    @Test
    void bodyBeyondTheLimitIsRefusedAtItsLength() {
        receive(POST + "Content-Length: 20001\r\n\r\n");
        assertRefused(413, "request_too_large");
    }

    @Test
    void chunkBeyondTheLimitIsRefusedAtItsSize() {
        receive(POST + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
        assertRefused(413, "request_too_large");
    }

    @Test
    void chunksBeyondTheLimitAreRefused() {
        receive(POST + "Transfer-Encoding: chunked\r\n\r\n2710\r\n" + "a".repeat(10_000) + "\r\n2711\r\n"
                + "b".repeat(10_001));
        assertRefused(413, "request_too_large");
    }

    @Test
    void bodiesShareAMemoryAndAreShedBeyondIt() {
        budget.take(20_000);
        receive(POST + "Content-Length: 20000\r\n\r\n" + "a".repeat(4000));
        assertThat(budget.used()).isBetween(24_000L, 28_000L);
        receive("a".repeat(8000));
        assertThat(wire.sent()).startsWith("HTTP/1.1 503 ").contains("Retry-After: 1\r\n", "\"code\":\"overloaded\"");
        assertThat(budget.used()).isEqualTo(20_000);
    }

    @Test
    void memoryOfABodyIsFreeWhenTheApplicationSaysSoOrTheAnswerIsThereOrTheClientGone() {
        receive(POST + "Content-Length: 400\r\n\r\n" + "a".repeat(400));
        assertThat(budget.used()).isEqualTo(400);
        Client first = gate.client();
        first.bodyDone();
        assertThat(budget.used()).isZero();
        gate.answered();
        receive(POST + "Content-Length: 400\r\n\r\n" + "a".repeat(400));
        first.bodyDone();
        assertThat(budget.used()).isEqualTo(400);
        gate.answered();
        assertThat(budget.used()).isZero();
        receive(POST + "Content-Length: 400\r\n\r\n" + "a".repeat(399));
        gate.closed();
        assertThat(budget.used()).isZero();
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private void receiveGzip(byte[] body) {
        receive(POST + "Content-Encoding: gzip\r\nContent-Length: " + body.length + "\r\n\r\n");
        receive(body);
    }

    @Test
    void gzipIsInflated() {
        receiveGzip(gzip("hello".getBytes(StandardCharsets.US_ASCII)));
        assertThat(onlyRequest())
                .endsWith("Content-Length: 5\r\n\r\nhello")
                .doesNotContainIgnoringCase("content-encoding");
    }

    @Test
    void gzipIsInflatedWithinTheLimit() {
        receiveGzip(gzip(new byte[1_000_000]));
        assertRefused(413, "request_too_large");
    }

    @Test
    void gzipThatIsNoneIsRefused() {
        receiveGzip("hello".getBytes(StandardCharsets.US_ASCII));
        assertRefused(400, "malformed_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "chunked"})
    void otherEncodingsAreRefusedByName(String coding) {
        receive(POST + "Content-Encoding: " + coding + "\r\nContent-Length: 5\r\n\r\nhello");
        assertRefused(415, "unsupported_content_encoding");
        assertThat(wire.sent()).contains("Content-Encoding");
    }

    @Test
    void slowHeadIsRefusedInTime() {
        receive("GET /heal");
        assertThat(wire.dueMillis).isEqualTo(HEADER_MILLIS);
        receive("th HTTP/1.1\r\nHost: ");
        wire.expire();
        assertRefused(408, "request_timeout");
    }

    @Test
    void slowBodyIsRefusedInTimeHoweverOftenItsBytesCome() {
        receive(POST + "Content-Length: 1000\r\n\r\n{");
        assertThat(wire.dueMillis).isEqualTo(BODY_MILLIS);
        receive("a");
        receive("b");
        wire.expire();
        assertRefused(408, "request_timeout");
    }

    @Test
    void connectionWithoutARequestIsClosedInTimeWithoutAWord() {
        assertThat(wire.dueMillis).isEqualTo(HEADER_MILLIS);
        wire.expire();
        assertThat(wire.closed).isTrue();
        assertThat(wire.sent()).isEmpty();
    }

    @Test
    void connectionWaitsForItsNextRequestForAWhile() {
        receive(GET);
        gate.answered();
        assertThat(wire.dueMillis).isEqualTo(IDLE_MILLIS);
        wire.expire();
        assertThat(wire.closed).isTrue();
    }

    @Test
    void answeringHasNoDeadlineHere() {
        receive(GET);
        wire.expire();
        assertThat(wire.closed).isFalse();
        assertThat(wire.sent()).isEmpty();
    }

    @Test
    void whatFollowsARefusalIsDroppedForAWhile() {
        receive("NONSENSE\r\n\r\n");
        int sent = wire.sent().length();
        receive(GET);
        assertThat(wire.forwarded).isEmpty();
        assertThat(wire.sent()).hasSize(sent);
        wire.expire();
        assertThat(wire.closed).isTrue();
    }

    @Test
    void clientThatAsksFirstIsToldToGoOn() {
        receive(POST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        assertThat(wire.sent()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        receive("hello");
        assertThat(wire.forwarded).hasSize(1);
        assertThat(wire.forwarded.get(0)).doesNotContain("Expect");
    }

    @Test
    void requestsAreHandedOnOneAtATimeAndInOrder() {
        receive(GET + POST + "Content-Length: 5\r\n\r\nhello" + GET.replace("health", "last"));
        assertThat(wire.forwarded).hasSize(1);
        assertThat(source.pauses).isOne();
        gate.answered();
        wire.tasks.remove(0).run();
        gate.answered();
        wire.tasks.remove(0).run();
        assertThat(wire.forwarded).hasSize(3);
        assertThat(wire.forwarded.get(1)).endsWith("hello");
        assertThat(wire.forwarded.get(2)).startsWith("GET /last");
        assertThat(source.resumes).isZero();
        gate.answered();
        assertThat(source.resumes).isOne();
    }

    @Test
    void nextRequestWaitsUntilTheClientHasTakenTheAnswerBefore() {
        receive(GET + GET);
        wire.unsentBytes = 1000;
        gate.answered();
        assertThat(wire.tasks).isEmpty();
        wire.unsentBytes = 400;
        wire.expire();
        assertThat(wire.closed).isFalse();
        wire.unsentBytes = 0;
        wire.whenSent.run();
        wire.tasks.remove(0).run();
        assertThat(wire.forwarded).hasSize(2);
    }

    @Test
    void clientThatTakesNothingOfItsAnswerIsLeftInTime() {
        receive(GET);
        wire.unsentBytes = 1000;
        gate.answered();
        assertThat(wire.dueMillis).isEqualTo(STALL_MILLIS);
        wire.expire();
        assertThat(wire.closed).isTrue();
    }

    @Test
    void onlyAnswersInPiecesSeeThatTheClientIsSlow() {
        receive(GET + GET);
        assertThat(wire.full).isFalse();
        gate.client().writtenWhenTaken();
        assertThat(wire.full).isTrue();
        gate.answered();
        wire.tasks.remove(0).run();
        assertThat(wire.full).isFalse();
    }

    @Test
    void bodyOfAGetMeansNothing() {
        receive("GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello" + GET);
        assertThat(onlyRequest()).isEqualTo(GET);
        gate.answered();
        wire.tasks.remove(0).run();
        assertThat(wire.forwarded).containsExactly(GET, GET);
    }

    @Test
    void leavingClientIsNoticedWhileItsRequestIsAnswered() {
        List<String> said = new ArrayList<>();
        receive(GET);
        Client client = gate.client();
        assertThat(source.resumes).isZero();
        client.onGone(() -> said.add("gone"));
        assertThat(source.resumes).isOne();
        assertThat(said).isEmpty();
        gate.closed();
        assertThat(said).containsExactly("gone");
        client.onGone(() -> said.add("late"));
        assertThat(said).containsExactly("gone", "late");
    }

    @Test
    void clientOfAnAnswerThatIsCompleteDoesNotLeave() {
        List<String> said = new ArrayList<>();
        receive(GET);
        gate.client().onGone(() -> said.add("gone"));
        gate.answered();
        gate.closed();
        assertThat(said).isEmpty();
    }

    @Test
    void watchedClientThatSendsMuchAheadIsHeldBack() {
        receive(GET);
        gate.client().onGone(() -> {});
        receive(GET.repeat(2000));
        assertThat(source.pauses).isEqualTo(2);
        gate.answered();
        assertThat(wire.tasks).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8000",
                "a.localhost",
                "127.0.0.1:1",
                "127.1.2.3",
                "[::1]:8000",
                "[::ffff:127.0.0.1]",
                "[::FFFF:7F00:1]:8000",
                "localhost.",
                "models.example",
                "Models.Example:443"
            })
    void namesOfThisServerAreTaken(String host) {
        receive("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        onlyRequest();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8000",
                "localhost.evil.example",
                "evil-localhost",
                "[::ffff:10.0.0.1]",
                "[127.0.0.1]",
                "[fe80::1]",
                "127.0.0.1.evil.example",
                "192.168.1.1",
                "[::2]",
                ""
            })
    void otherNamesAreRefusedOnAServerForThisMachine(String host) {
        receive("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertRefused(403, "host_not_allowed");
    }

    @Test
    void anyNameIsTakenByAServerForAll() {
        gate = gate(false, List.of());
        receive("GET /health HTTP/1.1\r\nHost: models.example.org\r\n\r\n");
        onlyRequest();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example\r\n",
                "Origin: null\r\n",
                "Origin: http://localhost:8001\r\n",
                "Origin: http://evil.example\r\nContent-Type: text/plain\r\n",
                "Origin: http://evil.example\r\nContent-Type: text/plain; charset=application/json\r\n",
                "Origin: http://evil.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            })
    void whatAPageMaySendWithoutAskingIsRefusedFromAnotherOrigin(String headers) {
        receive(POST + headers + "Content-Length: 2\r\n\r\n{}");
        assertRefused(403, "foreign_origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: text/plain\r\n",
                "Origin: http://localhost:8000\r\n",
                "Origin: http://evil.example\r\nContent-Type: application/json\r\n",
                "Origin: http://evil.example\r\nContent-Type: Application/JSON; charset=utf-8\r\n"
            })
    void whatNoPageSendsUnaskedIsTaken(String headers) {
        receive(POST + headers + "Content-Length: 2\r\n\r\n{}");
        onlyRequest();
    }

    @Test
    void nothingThatComesBreaksTheGate() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] parts = {
            "GET ",
            "POST ",
            "/v1 ",
            "HTTP/1.1",
            "\r\n",
            "\n",
            "\r",
            ":",
            "Host: localhost",
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
            "5",
            "0",
            ";",
            "hello",
            "\0",
            "\u00ff",
            " "
        };
        for (int round = 0; round < 2000; round++) {
            gate = gate(true, List.of());
            StringBuilder text = new StringBuilder(random.nextBoolean() ? POST : "");
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            for (String piece : text.toString().split("(?<=" + (random.nextBoolean() ? "\n" : "5") + ")")) {
                receive(piece);
            }
            gate.closed();
            assertThat(budget.used()).as("seed " + seed + ", round " + round).isZero();
        }
    }
}
