package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
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
        int securePort = freePort();
        Process server = java(
                jar.toString(),
                "--nohazelcast",
                "--disablephonehome",
                "--port",
                Integer.toString(port),
                "--sslport",
                Integer.toString(securePort));
        CompletableFuture<String> log = CompletableFuture.supplyAsync(() -> read(server));
        try {
            String answer = "";
            while (!answer.contains(MISSING)) {
                assertThat(server.isAlive()).isTrue();
                answer = health(port, "/health");
                if (!answer.isEmpty()) {
                    RawHttp.assertErrorBody(answer);
                    assertThat(answer).startsWith("HTTP/1.1 503 ").containsIgnoringCase("\r\nRetry-After: ");
                }
            }
            assertThatNothingComesInPastTheGate(securePort);
        } finally {
            server.toHandle().destroy();
            server.waitFor();
        }
        assertThat(log.get().lines().filter(line -> line.contains("SEVERE")))
                .singleElement()
                .asString()
                .contains(MISSING);
    }

    /** Over TLS, clients that would speak HTTP/2 are told to speak HTTP/1.1, and what they ask passes through the gate. */
    private static void assertThatNothingComesInPastTheGate(int port) throws Exception {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new TrustingAll()}, null);
        try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("localhost", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[4096];
            int length = socket.getInputStream().readNBytes(answer, 0, 200);
            assertThat(new String(answer, 0, length, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 400 ");
        }
    }

    /** For Payara's own certificate, which nobody has signed. */
    private static final class TrustingAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void theFolderOfJarsHasNothingElseInIt() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
            assertThat(files).allSatisfy(file -> assertThat(file.toString()).endsWith(".jar"));
        }
    }

    /** What it answers; empty while nobody listens or the server is not done. */
    static String health(int port, String path) {
        try {
            return RawHttp.answer(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
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

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
