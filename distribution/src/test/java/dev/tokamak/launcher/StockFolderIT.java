package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stock Payara Micro that serves from the installation's folders, told to open its port when the application is deployed, under
 * another path than the root.
 */
@Timeout(600)
class StockFolderIT {
    private static final Path HOME = Path.of(System.getProperty("tokamak.test.home"));
    private static final String ROOT = "/llm";
    private static final String ENDLESS =
            "{\"prompt\":\"Once\",\"max_tokens\":14000,\"ignore_eos\":true,\"n\":2,\"temperature\":1,\"stream\":";
    private static final String ENDS_WHILE_THE_SERVER_STOPS =
            "{\"prompt\":\"Once\",\"max_tokens\":1000,\"ignore_eos\":true}";

    @TempDir
    private Path folder;

    @Test
    void theFirstAnswerIsTheApplicationsAndTheLastRequestIsToldThatTheServerStops() throws Exception {
        int port = UberJarIT.freePort();
        Process server = start(port, 2000);
        try (BufferedReader log =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder said = new StringBuilder();
            Thread reader = new Thread(
                    () -> log.lines().forEach(line -> said.append(line).append('\n')));
            reader.setDaemon(true);
            reader.start();

            assertThat(firstAnswer(server, port)).startsWith("HTTP/1.1 200 ").endsWith("{\"status\":\"ready\"}");

            // The gate's own refusal, and Payara's own answer where no application is.
            RawHttp.assertErrorBody(RawHttp.answer(port, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
            RawHttp.assertErrorBody(RawHttp.answer(port, "GET /nope HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));

            try (Socket whole = ask(port, ENDLESS + "false}");
                    Socket stream = ask(port, ENDLESS + "true}")) {
                awaitRunning(port, 4);
                server.toHandle().destroy();
                String answered = rest(whole);
                RawHttp.assertErrorBody(answered);
                assertThat(answered).contains("the server stopped before the answer was complete");
                assertThat(rest(stream))
                        .contains("the server stopped before the answer was complete")
                        .contains("data: [DONE]");
            }
            server.waitFor();
            assertThat(said.toString()).doesNotContain("SEVERE");
        } finally {
            server.destroyForcibly();
        }
    }

    /** By then Payara has deleted most of its files. */
    @Test
    void theFirstWholeAnswerOfAServerIsWrittenThoughItStops() throws Exception {
        int port = UberJarIT.freePort();
        Process server = start(port, 600_000);
        Thread reader = new Thread(() -> drop(server.getInputStream()));
        reader.setDaemon(true);
        reader.start();
        try {
            firstAnswer(server, port);
            try (Socket whole = ask(port, ENDS_WHILE_THE_SERVER_STOPS)) {
                awaitRunning(port, 1);
                server.toHandle().destroy();
                assertThat(rest(whole)).startsWith("HTTP/1.1 200 ").contains("\"completion_tokens\":1000");
            }
            server.waitFor();
        } finally {
            server.destroyForcibly();
        }
    }

    private static void drop(InputStream said) {
        try {
            said.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String firstAnswer(Process server, int port) {
        String answer = "";
        while (answer.isEmpty()) {
            assertThat(server.isAlive()).as("the server ended").isTrue();
            answer = UberJarIT.health(port, ROOT + "/health");
        }
        return answer;
    }

    private static void awaitRunning(int port, int sequences) throws IOException {
        String metrics = "GET " + ROOT + "/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        String running = "tokamak_requests_running{model_name=\"tokamak-demo\"} " + sequences;
        while (!RawHttp.answer(port, metrics).contains(running)) {
            Thread.onSpinWait();
        }
    }

    private static Socket ask(int port, String body) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream()
                .write(("POST " + ROOT + "/v1/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private Process start(int port, int drainMillis) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-Dtokamak.model=" + System.getProperty("tokamak.test.model"),
                "-Dtokamak.drain-millis=" + drainMillis));
        Path war = folder.resolve("llm.war");
        Files.copy(HOME.resolve("war/ROOT.war"), war);
        command.addAll(List.of(
                "-jar",
                System.getProperty("tokamak.test.payara"),
                "--nohazelcast",
                "--disablephonehome",
                "--addlibs",
                HOME.resolve("lib").toString(),
                "--deploy",
                war.toString(),
                "--prebootcommandfile",
                HOME.resolve("war/before-boot.txt").toString(),
                "--postdeploycommandfile",
                HOME.resolve("war/after-deploy.txt").toString(),
                "--port",
                Integer.toString(port)));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        builder.environment().put("OMP_WAIT_POLICY", "passive");
        builder.environment().put("RUST_FLAVOR", "cpu");
        builder.environment().put("DJL_OFFLINE", "true");
        return builder.start();
    }
}
