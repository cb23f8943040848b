package dev.tokamak.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** The ways to cut a text into deltas that the parsers' law is checked with. */
final class TextCuts {
    private static final int RANDOM_CUTS = 16;
    private static final int LONGEST_RANDOM_DELTA = 9;

    private TextCuts() {}

    static List<String> characters(String text) {
        List<String> deltas = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            deltas.add(text.substring(i, i + 1));
        }
        return deltas;
    }

    static List<String> random(String text, Random random) {
        List<String> deltas = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(LONGEST_RANDOM_DELTA));
            deltas.add(text.substring(from, to));
            from = to;
        }
        return deltas;
    }

    /** In two at every point, into its characters, and at random. */
    static void each(String text, Random random, Consumer<List<String>> check) {
        for (int i = 1; i < text.length(); i++) {
            check.accept(List.of(text.substring(0, i), text.substring(i)));
        }
        check.accept(characters(text));
        for (int i = 0; i < RANDOM_CUTS; i++) {
            check.accept(random(text, random));
        }
    }
}
