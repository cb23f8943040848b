package dev.tokamak.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Starts a server, asks it until it answers, prints the seconds from the process's start, and stops it.
 *
 * <p>Usage: {@code StartTimer (page|token) COMMAND [ARGUMENT ...]}; {@code {port}} in an argument is replaced by a free port.
 * With {@code page} the clock stops at the first 200 for {@code GET /}; with {@code token} at the first event with text of a
 * streamed chat.
 */
public final class StartTimer {
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final int PAUSE_MILLIS = 10;

    private StartTimer() {}

    /**
     * Runs the timer.
     *
     * @param arguments see the class
     * @throws IOException if the command cannot be started
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        boolean token = arguments[0].equals("token");
        int port = freePort();
        List<String> command = new ArrayList<>();
        for (String argument : Arrays.asList(arguments).subList(1, arguments.length)) {
            command.add(argument.replace("{port}", Integer.toString(port)));
        }
        long start = System.nanoTime();
        Process server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File(System.getProperty("java.io.tmpdir"), "tokamak-start-timer.log"))
                .start();
        try {
            while (!(token ? givesToken(port) : givesPage(port))) {
                if (!server.isAlive() || System.nanoTime() - start > GIVE_UP_NANOS) {
                    throw new IllegalStateException("the server did not answer: " + String.join(" ", command));
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            System.out.printf(Locale.ROOT, "%.2f%n", (System.nanoTime() - start) / 1e9);
        } finally {
            server.destroy();
            if (!server.waitFor(20, TimeUnit.SECONDS)) {
                server.destroyForcibly().waitFor();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean givesPage(int port) throws IOException {
        return finds(port, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 200");
    }

    private static boolean givesToken(int port) throws IOException {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"What is 12 + 30?\"}],\"stream\":true}";
        return finds(
                port,
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                "\"content\":\"");
    }

    /** Whether the answer has a line with the text; an opening event's empty content does not count. */
    private static boolean finds(int port, String request, String text) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null && !(line.contains(text) && !line.contains(text + '"'))) {
                line = lines.readLine();
            }
            return line != null;
        } catch (ConnectException e) {
            return false;
        }
    }
}
