package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** HTTP as bytes on a socket, for what a proper client would not send or not do. */
final class RawHttp {
    private RawHttp() {}

    /** Sends a request line and no more than a host; returns the status of the answer. */
    static int statusOf(int port, String requestLine) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((requestLine + "\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String status = reader(socket).readLine();
            if (status == null) {
                throw new EOFException("the connection was closed without an answer");
            }
            return Integer.parseInt(status.split(" ")[1]);
        }
    }

    /** Sends bytes and returns all that comes until the server closes the connection. */
    static String answer(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Asserts that an answer as it came is an error with the body of all errors, and says nothing of the inside. */
    static void assertErrorBody(String answer) {
        assertThat(answer)
                .matches("(?s)HTTP/1\\.1 [45]\\d\\d .*")
                .containsIgnoringCase("Content-Type: application/json")
                .contains("\r\n\r\n{\"error\":{\"message\":\"")
                .doesNotContain("Exception", "org.glassfish", "dev.tokamak", "<html");
    }

    /** Posts JSON and keeps the connection; closing it is what a client does that goes away. */
    static Stream stream(int port, String path, String body) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream()
                .write(("POST " + path
                                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                + content.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(content);
        return new Stream(socket, reader(socket));
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** An answer that is being streamed. */
    record Stream(Socket socket, BufferedReader lines) implements AutoCloseable {

        /** Reads until this many events have come. */
        void awaitEvents(int count) throws IOException {
            int seen = 0;
            while (seen < count) {
                String line = lines.readLine();
                if (line == null) {
                    throw new EOFException("the stream ended after " + seen + " events");
                }
                if (line.startsWith("data: ")) {
                    seen++;
                }
            }
        }

        /** Reads to the end; returns the events that were left. */
        List<String> remainingEvents() throws IOException {
            List<String> events = new ArrayList<>();
            for (String line = lines.readLine(); line != null && !line.equals("0"); line = lines.readLine()) {
                if (line.startsWith("data: ")) {
                    events.add(line);
                }
            }
            return events;
        }

        /** Reads to the end; returns the last event. */
        String lastEvent() throws IOException {
            List<String> events = remainingEvents();
            return events.isEmpty() ? "" : events.get(events.size() - 1);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
