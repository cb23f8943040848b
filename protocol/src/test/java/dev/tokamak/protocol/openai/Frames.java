package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** The frames of a stream, read back: every one must be a whole JSON document, and the last one {@code [DONE]}. */
final class Frames {
    private final List<Map<?, ?>> documents = new ArrayList<>();

    private Frames() {}

    /** The frames of a stream whose request is over. */
    static Frames of(EventStream stream) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!stream.finished()) {
            assertThat(stream.poll(bytes::write)).isTrue();
        }
        assertThat(stream.poll(bytes::write)).isFalse();
        return read(bytes.toString(StandardCharsets.UTF_8));
    }

    /** The frames of a stream whose request runs: polled as the stream's listener says that there is something. */
    static Frames await(EventStream stream) throws InterruptedException {
        Semaphore ready = new Semaphore(0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        stream.onReady(ready::release);
        while (!stream.finished()) {
            ready.acquire();
            stream.poll(bytes::write);
        }
        return read(bytes.toString(StandardCharsets.UTF_8));
    }

    private static Frames read(String text) {
        assertThat(text).endsWith("data: [DONE]\n\n");
        Frames frames = new Frames();
        String[] parts = text.split("\n\n");
        for (int i = 0; i < parts.length - 1; i++) {
            assertThat(parts[i]).startsWith("data: {").doesNotContain("\n");
            frames.documents.add((Map<?, ?>) StrictJson.value(parts[i].substring("data: ".length())));
        }
        return frames;
    }

    List<Map<?, ?>> documents() {
        return documents;
    }

    /** The choices of all frames that have one, in order. */
    List<Map<?, ?>> choices(int index) {
        List<Map<?, ?>> choices = new ArrayList<>();
        for (Map<?, ?> document : documents) {
            for (Object choice : (List<?>) document.get("choices")) {
                if (((Map<?, ?>) choice).get("index").equals((long) index)) {
                    choices.add((Map<?, ?>) choice);
                }
            }
        }
        return choices;
    }

    /** A field of all deltas of a choice, joined. */
    String joined(int index, String field) {
        StringBuilder joined = new StringBuilder();
        for (Map<?, ?> choice : choices(index)) {
            Object delta = choice.get("delta");
            Object text = delta instanceof Map<?, ?> map ? map.get(field) : choice.get(field);
            joined.append(text == null ? "" : text);
        }
        return joined.toString();
    }

    String finishReason(int index) {
        return (String) choices(index).get(choices(index).size() - 1).get("finish_reason");
    }
}
