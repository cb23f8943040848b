package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The frames of a stream, read back: every one must be a whole JSON document, and the last one {@code [DONE]}. */
final class Frames {
    private final List<Map<?, ?>> documents = new ArrayList<>();

    private Frames() {}

    static Frames of(EventStream stream) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!stream.finished()) {
            assertThat(stream.poll(bytes::write)).isTrue();
        }
        assertThat(stream.poll(bytes::write)).isFalse();
        String text = bytes.toString(StandardCharsets.UTF_8);
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
