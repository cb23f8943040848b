package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/tokamak} of the distribution's folder, as processes of their own. */
@Timeout(240)
class ServeCommandIT {
    private static final Path HOME = Path.of(System.getProperty("tokamak.test.home"));
    private static final String MODEL = System.getProperty("tokamak.test.model");
    private static final Pattern READY = Pattern.compile("is ready at http://127\\.0\\.0\\.1:(\\d+) ");

    @TempDir
    private Path folder;

    @Test
    void servesUntilTheSignalAndFinishesWhatRuns() throws Exception {
        Process server = start("serve", "--port", "0", "--model", MODEL, "--served-model-name", "demo");
        try (BufferedReader out = reader(server)) {
            int port = awaitPort(out);
            RawHttp.Stream stream = RawHttp.stream(
                    port,
                    "/v1/completions",
                    "{\"model\":\"demo\",\"prompt\":\"Once\",\"stream\":true,\"ignore_eos\":true,\"max_tokens\":200}");
            stream.awaitEvents(1);
            server.destroy();
            assertThat(stream.lastEvent()).isEqualTo("data: [DONE]");
            stream.close();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            server.destroyForcibly();
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
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isEqualTo(1);
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
    void portInUseIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process server = start("serve", "--port", Integer.toString(taken.getLocalPort()), "--model", MODEL);
            String said = new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(server.waitFor()).isEqualTo(1);
            assertThat(said).contains("another program uses the port").doesNotContain("\tat ");
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
        List<String> command = new ArrayList<>();
        command.add(HOME.resolve("bin/tokamak").toString());
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static int awaitPort(BufferedReader out) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new IOException("the server ended before it was ready:\n" + said);
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
