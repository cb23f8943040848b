package dev.tokamak.launcher;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A few requests to a server that has just started, so that a run that records its classes sees those of an answer, too. */
final class SelfTest {
    private SelfTest() {}

    static void run(URI base, String model) throws IOException {
        String chat = "\"messages\":[{\"role\":\"user\",\"content\":\"What is 12 + 30?\"}],\"max_tokens\":8";
        String completion = "\"prompt\":\"Once upon a time\",\"max_tokens\":8";
        for (String stream : List.of("", ",\"stream\":true")) {
            post(base.resolve("/v1/chat/completions").toURL(), "{\"model\":\"" + model + "\"," + chat + stream + "}");
            post(base.resolve("/v1/completions").toURL(), "{\"model\":\"" + model + "\"," + completion + stream + "}");
        }
    }

    private static void post(URL url, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        connection.getInputStream().readAllBytes();
    }
}
