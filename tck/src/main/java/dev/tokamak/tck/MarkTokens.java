package dev.tokamak.tck;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A vocabulary whose added tokens are some marks, and text as it comes out of a model that writes them as tokens. */
final class MarkTokens {
    private static final int SHORTEST = 3;

    private final List<String> tokens;

    /** Those of the marks that can be a token. */
    MarkTokens(List<String> marks) {
        tokens = marks.stream()
                .filter(mark -> mark.length() >= SHORTEST && mark.chars().noneMatch(Character::isWhitespace))
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
    }

    boolean contains(String text) {
        return tokens.contains(text);
    }

    /** Hands text on in pieces, with all that reads like a token as one. */
    void feed(String text, Random random, Consumer<String> onText, Consumer<String> onToken) {
        int told = 0;
        int at = 0;
        while (at < text.length()) {
            String token = tokenAt(text, at);
            if (token == null) {
                at++;
                continue;
            }
            feedText(text.substring(told, at), random, onText);
            onToken.accept(token);
            at += token.length();
            told = at;
        }
        feedText(text.substring(told), random, onText);
    }

    private String tokenAt(String text, int at) {
        return tokens.stream()
                .filter(token -> text.startsWith(token, at))
                .findFirst()
                .orElse(null);
    }

    /** Pieces of text are cut between characters. */
    private static void feedText(String text, Random random, Consumer<String> onText) {
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(7));
            if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
                to++;
            }
            onText.accept(text.substring(from, to));
            from = to;
        }
    }
}
