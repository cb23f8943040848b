package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/tokamak} of the distribution's folder, as processes of their own. */
@Timeout(240)
class ServeCommandIT {
    private static final Path HOME = Path.of(System.getProperty("tokamak.test.home"));
    private static final String MODEL = System.getProperty("tokamak.test.model");
    private static final int SIGTERM = 15;

    @TempDir
    private Path folder;

    @Test
    void theFirstSignalLetsRequestsFinishAndRefusesNewOnesTheSecondEndsAtOnce() throws Exception {
        String fields = "{\"prompt\":\"Once\",\"stream\":true,\"ignore_eos\":true,";
        try (RunningServer server = RunningServer.start(Map.of("TOKAMAK_DRAIN_MILLIS", "600000"));
                RawHttp.Stream finishing =
                        RawHttp.stream(server.port(), "/v1/completions", fields + "\"max_tokens\":200}");
                RawHttp.Stream endless =
                        RawHttp.stream(server.port(), "/v1/completions", fields + "\"n\":64,\"max_tokens\":1900}")) {
            finishing.awaitEvents(1);
            endless.awaitEvents(1);
            server.signal();
            server.awaitSaid("stopping: 2 requests still running, which may take 600000 ms more");
            assertThat(finishing.lastEvent()).isEqualTo("data: [DONE]");

            HttpClient http = HttpClient.newHttpClient();
            URI base = URI.create("http://127.0.0.1:" + server.port());
            for (String path : List.of("/v1/models", "/v1/completions", "/health", "/nope")) {
                HttpResponse<String> refused = http.send(
                        HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(refused.body())
                        .startsWith("{\"error\":{\"message\":\"the server is stopping;")
                        .contains("\"code\":\"stopping\"");
            }
            HttpRequest metrics =
                    HttpRequest.newBuilder(base.resolve("/metrics")).build();
            assertThat(http.send(metrics, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);

            server.signal();
            assertThat(server.process().waitFor()).isEqualTo(128 + SIGTERM);
        }
    }

    @Test
    void modelThatCannotBeLoadedIsOneLineAndExitCodeOneBeforeThePortOpens() throws Exception {
        Files.writeString(folder.resolve("config.json"), "{\"architectures\":[\"NoSuchForCausalLM\"]}");
        int port = freePort();
        Process server = start("serve", "--port", Integer.toString(port), "--model", folder.toString());
        try (BufferedReader out = reader(server)) {
            List<String> lines = new ArrayList<>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                assertThat(isOpen(port)).isFalse();
            }
            assertThat(server.waitFor()).isEqualTo(1);
            // The first start of all says as well that it prepares faster ones.
            assertThat(lines)
                    .filteredOn(line -> line.startsWith("tokamak: ") && !line.contains("faster starts"))
                    .hasSize(1);
            assertThat(lines).noneMatch(line -> line.startsWith("\tat "));
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void parserThatNoPluginProvidesIsOneLineAndExitCodeOne() throws Exception {
        Process server = start("serve", "--port", "0", "--model", MODEL, "--tool-call-parser", "no-such-format");
        try (BufferedReader out = reader(server)) {
            List<String> lines = new ArrayList<>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                assertThat(line).doesNotContain("is ready at").doesNotStartWith("\tat ");
            }
            assertThat(server.waitFor()).isEqualTo(1);
            assertThat(lines)
                    .filteredOn(line -> line.contains("no-such-format"))
                    .singleElement()
                    .asString()
                    .startsWith("tokamak: ")
                    .contains("hermes");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void temporaryFolderThatCannotBeWrittenIsOneLineAndExitCodeOne() throws Exception {
        Path none = folder.resolve("none");
        Process server = start(Map.of("TOKAMAK_JAVA_OPTS", "-Djava.io.tmpdir=" + none), "serve", "--port", "0");
        String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(server.waitFor()).isEqualTo(1);
        assertThat(said)
                .contains("tokamak: the temporary folder " + none + " cannot be used")
                .doesNotContain("\tat ");
    }

    @Test
    void portInUseIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process server = start("serve", "--port", Integer.toString(taken.getLocalPort()), "--model", MODEL);
            String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(server.waitFor()).isEqualTo(1);
            assertThat(said).contains("another program uses the port").doesNotContain("\tat ");
        }
    }

    @Test
    void portThatIsTakenDuringTheStartIsOneLine() throws Exception {
        int port = freePort();
        Process server = start("serve", "--port", Integer.toString(port), "--model", MODEL);
        try (BufferedReader out = reader(server);
                ServerSocket taken = new ServerSocket()) {
            List<String> lines = new ArrayList<>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                assertThat(line).doesNotContain("is ready at").doesNotStartWith("\tat ");
                if (line.contains(": loading ")) {
                    taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                }
            }
            assertThat(server.waitFor()).isEqualTo(1);
            assertThat(lines.get(lines.size() - 1))
                    .startsWith("tokamak: cannot listen on 127.0.0.1:" + port)
                    .contains("another program uses the port");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void pluginsAreListedWithTheirJars() throws Exception {
        Process command = start("plugins");
        String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(command.waitFor()).isZero();
        assertThat(said)
                .contains("libtorch", "lib/tokamak-backend-libtorch", "fcfs", "huggingface", "hermes")
                .contains(" 0 refused");
    }

    private static Process start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    private static Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(HOME.resolve("bin/tokamak").toString());
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isOpen(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }
}
