package dev.tokamak.tokenizers;

import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The tokens of a {@code tokenizer.json}. */
final class FileVocabulary implements Vocabulary {
    private static final byte[] NOTHING = {};

    private final byte[][] bytes;
    private final boolean[] special;
    private final Map<String, Integer> addedIds = new HashMap<>();
    private final List<Integer> specialIds;

    FileVocabulary(TokenizerFile file) {
        String[] tokens = file.tokens();
        bytes = new byte[tokens.length][];
        special = file.special();
        List<Integer> ids = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] == null) {
                bytes[id] = NOTHING;
            } else if (file.added()[id]) {
                bytes[id] = tokens[id].getBytes(StandardCharsets.UTF_8);
                addedIds.put(tokens[id], id);
            } else {
                bytes[id] = file.decoder().bytes(tokens[id]);
            }
            if (special[id]) {
                ids.add(id);
            }
        }
        specialIds = List.copyOf(ids);
    }

    @Override
    public int size() {
        return bytes.length;
    }

    /** Ids past the end have no bytes: a model's output layer may be padded beyond its vocabulary. */
    @Override
    public byte[] bytes(int id) {
        return id < 0 || id >= bytes.length ? NOTHING : bytes[id];
    }

    @Override
    public OptionalInt addedToken(String content) {
        Integer id = addedIds.get(content);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public boolean special(int id) {
        return id >= 0 && id < special.length && special[id];
    }

    @Override
    public List<Integer> specialTokens() {
        return specialIds;
    }
}
