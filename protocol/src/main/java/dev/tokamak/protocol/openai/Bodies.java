package dev.tokamak.protocol.openai;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.nio.charset.StandardCharsets;

/** Writes whole answers with JSON-B. */
final class Bodies {
    private static final Jsonb JSONB = JsonbBuilder.create();

    private Bodies() {}

    static byte[] write(Object body) {
        return JSONB.toJson(body).getBytes(StandardCharsets.UTF_8);
    }
}
