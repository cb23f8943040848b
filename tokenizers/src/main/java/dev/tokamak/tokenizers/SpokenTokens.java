package dev.tokamak.tokenizers;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonValue;

/**
 * Decodes tokens of which some are not spoken as they are written: added tokens that are normalised. The native library decodes those by
 * their content, so this gives it what they are spoken as for a vocabulary, and leaves out itself what is to be left out.
 */
final class SpokenTokens implements TokenText, AutoCloseable {
    private final NativeEncoder decoder;
    private final FileVocabulary vocabulary;

    SpokenTokens(TokenizerFile file, FileVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        JsonArrayBuilder tokens = Json.createArrayBuilder();
        for (String spoken : file.spoken()) {
            tokens.add(
                    Json.createArrayBuilder().add(spoken == null ? "" : spoken).add(0.0));
        }
        decoder = new NativeEncoder(Json.createObjectBuilder()
                .add("version", "1.0")
                .add("added_tokens", JsonValue.EMPTY_JSON_ARRAY)
                .add("decoder", file.decoderJson())
                .add("model", Json.createObjectBuilder().add("type", "Unigram").add("vocab", tokens))
                .build()
                .toString());
    }

    @Override
    public String decode(int[] ids, int from, int to, boolean skipSpecialTokens) {
        int[] shown = new int[to - from];
        int size = 0;
        for (int i = from; i < to; i++) {
            if (vocabulary.used(ids[i]) && !(skipSpecialTokens && vocabulary.skipped(ids[i]))) {
                shown[size++] = ids[i];
            }
        }
        return decoder.decode(shown, 0, size, false);
    }

    @Override
    public void close() {
        decoder.close();
    }
}
