package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokamak and a stock Payara Micro in one jar, made by Payara's own option and started without saying which model. */
@Timeout(300)
class UberJarIT {
    private static final Path HOME = Path.of(System.getProperty("tokamak.test.home"));
    private static final String MISSING = "no model is served: the setting tokamak.model is missing";

    @TempDir
    private Path folder;

    @Test
    void saysWhatIsMissingAndAnswersInTheSameWordsFromTheFirstRequestOn() throws Exception {
        Path jar = folder.resolve("tokamak.jar");
        Process made = java(
                System.getProperty("tokamak.test.payara"),
                "--nohazelcast",
                "--disablephonehome",
                "--addlibs",
                HOME.resolve("lib").toString(),
                "--deploy",
                HOME.resolve("war/ROOT.war").toString(),
                "--outputUberJar",
                jar.toString());
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        assertThat(said).doesNotContain("SEVERE", "Exception");
        assertThat(jar).isRegularFile();

        int port = freePort();
        Process server = java(jar.toString(), "--nohazelcast", "--disablephonehome", "--port", Integer.toString(port));
        CompletableFuture<String> log = CompletableFuture.supplyAsync(() -> read(server));
        try {
            String answer = "";
            while (!answer.contains(MISSING)) {
                assertThat(server.isAlive()).isTrue();
                answer = health(port);
                if (!answer.isEmpty()) {
                    RawHttp.assertErrorBody(answer);
                    assertThat(answer).startsWith("HTTP/1.1 503 ");
                }
            }
        } finally {
            server.toHandle().destroy();
            server.waitFor();
        }
        assertThat(log.get().lines().filter(line -> line.contains("SEVERE")))
                .singleElement()
                .asString()
                .contains(MISSING);
    }

    @Test
    void theFolderOfJarsHasNothingElseInIt() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
            assertThat(files).allSatisfy(file -> assertThat(file.toString()).endsWith(".jar"));
        }
    }

    /** What /health answers; empty while nobody listens or the server is not done. */
    private static String health(int port) {
        try {
            return RawHttp.answer(port, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        } catch (IOException e) {
            return "";
        }
    }

    private static String read(Process process) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            return String.join("\n", lines.lines().toList());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Process java(String jar, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().remove("TOKAMAK_MODEL");
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
