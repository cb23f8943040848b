package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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

    @TempDir
    private Path folder;

    @Test
    void theFirstAnswerIsTheApplicationsAndTheLastRequestIsToldThatTheServerStops() throws Exception {
        int port = UberJarIT.freePort();
        Process server = start(port);
        try (BufferedReader log =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder said = new StringBuilder();
            Thread reader = new Thread(
                    () -> log.lines().forEach(line -> said.append(line).append('\n')));
            reader.setDaemon(true);
            reader.start();

            String answer = "";
            while (answer.isEmpty()) {
                assertThat(server.isAlive()).as("the server ended").isTrue();
                answer = UberJarIT.health(port, ROOT + "/health");
            }
            assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("{\"status\":\"ready\"}");

            // The gate's own refusal, and Payara's own answer where no application is.
            RawHttp.assertErrorBody(RawHttp.answer(port, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
            RawHttp.assertErrorBody(RawHttp.answer(port, "GET /nope HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));

            try (Socket whole = ask(port, false);
                    Socket stream = ask(port, true)) {
                while (!RawHttp.answer(
                                port,
                                "GET " + ROOT + "/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .contains("tokamak_requests_running{model_name=\"tokamak-demo\"} 4")) {
                    Thread.onSpinWait();
                }
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

    private static Socket ask(int port, boolean stream) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        String body = ENDLESS + stream + "}";
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

    private Process start(int port) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-Dtokamak.model=" + System.getProperty("tokamak.test.model"),
                "-Dtokamak.drain-millis=2000"));
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
