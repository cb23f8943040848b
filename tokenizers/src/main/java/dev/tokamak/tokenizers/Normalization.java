package dev.tokamak.tokenizers;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;

/**
 * What a tokenizer's normalizer makes of a text. The native library does not say so by itself: a tokenizer whose tokens are bytes,
 * with this normalizer before it, tells it.
 */
final class Normalization implements AutoCloseable {
    private final NativeEncoder bytes;

    /**
     * Of one tokenizer.
     *
     * @param normalizer as {@code tokenizer.json} has it; null normalises nothing
     */
    Normalization(JsonValue normalizer) {
        JsonObject alphabet = Json.createObjectBuilder()
                .add("type", "ByteLevel")
                .add("add_prefix_space", false)
                .add("trim_offsets", false)
                .add("use_regex", false)
                .build();
        JsonObjectBuilder vocabulary = Json.createObjectBuilder();
        for (int value = 0; value < 256; value++) {
            vocabulary.add(String.valueOf(ByteAlphabet.character(value)), value);
        }
        bytes = new NativeEncoder(Json.createObjectBuilder()
                .add("version", "1.0")
                .add("normalizer", normalizer)
                .add("pre_tokenizer", alphabet)
                .add("decoder", alphabet)
                .add("added_tokens", JsonValue.EMPTY_JSON_ARRAY)
                .add(
                        "model",
                        Json.createObjectBuilder()
                                .add("type", "BPE")
                                .add("vocab", vocabulary)
                                .add("merges", JsonValue.EMPTY_JSON_ARRAY))
                .build()
                .toString());
    }

    String of(String text) {
        int[] ids = bytes.encode(text, false);
        return bytes.decode(ids, 0, ids.length, false);
    }

    @Override
    public void close() {
        bytes.close();
    }
}
