package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code bin/tokamak serve} of the distribution's folder with the test's model, as a process of its own. */
final class RunningServer implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("tokamak.test.home"));
    private static final Pattern READY = Pattern.compile("is ready at http://127\\.0\\.0\\.1:(\\d+) ");

    private final Process process;
    private final StringBuffer said = new StringBuffer();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    private RunningServer(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "server-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it on a free port, with the model's name {@code demo}, and waits until it is ready. */
    static RunningServer start(Map<String, String> environment, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                HOME.resolve("bin/tokamak").toString(),
                "serve",
                "--port",
                "0",
                "--model",
                System.getProperty("tokamak.test.model"),
                "--served-model-name",
                "demo"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        RunningServer server = new RunningServer(builder.start());
        server.port();
        return server;
    }

    int port() {
        return port.join();
    }

    Process process() {
        return process;
    }

    /** Sends SIGTERM, and goes on reading what the server says. */
    void signal() {
        process.toHandle().destroy();
    }

    /** Waits until it has printed a text. */
    void awaitSaid(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        synchronized (said) {
            while (said.indexOf(text) < 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                assertThat(left)
                        .as("the server never said '" + text + "', but:\n" + said)
                        .isPositive();
                said.wait(left);
            }
        }
    }

    /** All that it printed so far. */
    String said() {
        return said.toString();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (said) {
                    said.append(line).append('\n');
                    said.notifyAll();
                }
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    port.complete(Integer.parseInt(ready.group(1)));
                }
            }
        } catch (IOException e) {
            said.append(e);
        }
        port.completeExceptionally(new IOException("the server ended before it was ready:\n" + said));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
