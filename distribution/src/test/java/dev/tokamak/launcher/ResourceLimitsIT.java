package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real server where memory or descriptors are scarce. */
@Timeout(300)
class ResourceLimitsIT {
    private static final int BODIES = 36;
    private static final int BODY_BYTES = 14_000_000;

    @Test
    void bodiesBeyondTheMemoryAreShed() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(BODIES);
        try (RunningServer server = RunningServer.start(Map.of("TOKAMAK_JAVA_OPTS", "-Xmx256m"))) {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < BODIES; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> sendLargePrompt(server.port()), senders));
            }
            for (CompletableFuture<String> answer : answers) {
                assertThat(answer.join())
                        .satisfiesAnyOf(
                                shed -> assertThat(shed)
                                        .startsWith("HTTP/1.1 503 ")
                                        .contains("Retry-After: ", "\"code\":\"overloaded\""),
                                refused -> assertThat(refused)
                                        .startsWith("HTTP/1.1 400 ")
                                        .contains("context_length_exceeded"));
            }
            assertThat(sendLargePrompt(server.port())).startsWith("HTTP/1.1 400 ");
            assertThat(RawHttp.statusOf(server.port(), "GET /health HTTP/1.1")).isEqualTo(200);
            assertThat(server.said()).doesNotContain("OutOfMemoryError");
        } finally {
            senders.shutdownNow();
        }
    }

    private static String sendLargePrompt(int port) {
        byte[] start = "{\"model\":\"demo\",\"prompt\":\"".getBytes(StandardCharsets.US_ASCII);
        byte[] end = "\"}".getBytes(StandardCharsets.US_ASCII);
        byte[] text = "word and word ".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(200_000);
            String head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\nContent-Length: " + (start.length + BODY_BYTES + end.length) + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(start);
            for (int i = 0; i < BODY_BYTES / text.length; i++) {
                socket.getOutputStream().write(text);
            }
            socket.getOutputStream().write(end);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void fewDescriptorsAreOneLineAndExitCodeOne() throws Exception {
        Path command = Path.of(System.getProperty("tokamak.test.home"), "bin/tokamak");
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", "ulimit -n 200; exec \"$0\" serve --port 0", command.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process server = builder.redirectErrorStream(true).start();
        String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(server.waitFor()).isEqualTo(1);
        assertThat(said.lines()).singleElement().asString().contains("may open 200 files", "512", "ulimit -n");
    }
}
