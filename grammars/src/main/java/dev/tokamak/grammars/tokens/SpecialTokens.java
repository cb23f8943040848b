package dev.tokamak.grammars.tokens;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A vocabulary's special tokens of three characters or more, found by how they begin. Immutable once filled. */
public final class SpecialTokens {
    private final Map<String, List<Token>> byBeginning = new HashMap<>();

    /**
     * A special token.
     *
     * @param bytes how long the content is in UTF-8
     */
    public record Token(String content, int id, int bytes) {}

    void add(String content, int id) {
        int bytes = content.getBytes(StandardCharsets.UTF_8).length;
        byBeginning
                .computeIfAbsent(beginning(content, 0), key -> new ArrayList<>())
                .add(new Token(content, id, bytes));
    }

    /** The tokens that may stand at a place of a text. */
    public List<Token> startingLike(String text, int at) {
        return byBeginning.getOrDefault(beginning(text, at), List.of());
    }

    private static String beginning(String text, int at) {
        return text.substring(at, Math.min(text.length(), at + 3));
    }
}
