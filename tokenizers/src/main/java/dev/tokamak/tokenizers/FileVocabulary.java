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
    private final byte[][] spoken;
    private final boolean[] special;
    private final boolean[] skipped;
    private final boolean[] added;
    private final Map<String, Integer> addedIds = new HashMap<>();
    private final List<Integer> specialIds;

    FileVocabulary(TokenizerFile file) {
        String[] tokens = file.tokens();
        bytes = new byte[tokens.length][];
        spoken = new byte[tokens.length][];
        special = file.special();
        skipped = file.skipped();
        added = file.added();
        List<Integer> ids = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] == null) {
                bytes[id] = NOTHING;
                spoken[id] = NOTHING;
            } else {
                if (file.added()[id]) {
                    addedIds.put(tokens[id], id);
                }
                // Added tokens go through the decoder as well, but what an opaque one makes of a token is a guess.
                boolean literal = file.added()[id] && file.decoder() == TextDecoding.OPAQUE;
                byte[] content = tokens[id].getBytes(StandardCharsets.UTF_8);
                spoken[id] = literal ? content : file.decoder().bytes(file.spoken()[id]);
                bytes[id] = special[id] ? content : spoken[id];
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

    /** What a token becomes in decoded text; that of a special token may differ from its content. */
    byte[] spoken(int id) {
        return id < 0 || id >= spoken.length ? NOTHING : spoken[id];
    }

    /**
     * Whether decoding without special tokens leaves a token out. The library goes by what the decoder would be given, so a special
     * token whose normalised form is another text stays.
     */
    boolean skipped(int id) {
        return id >= 0 && id < skipped.length && skipped[id];
    }

    /** Whether there is such a token. */
    boolean used(int id) {
        return id >= 0 && id < bytes.length && bytes[id] != NOTHING;
    }

    @Override
    public OptionalInt addedToken(String content) {
        Integer id = addedIds.get(content);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public boolean added(int id) {
        return id >= 0 && id < added.length && added[id];
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
