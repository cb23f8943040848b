package dev.tokamak.grammars.automaton;

import java.util.Arrays;

/** What a configuration allows: its frames' masks and the tokens that depend on the open calls. Immutable. */
final class ConfigurationMask {
    private final FrameMask[] frames;
    private final int[] others;
    private final boolean stuck;

    /**
     * @param stuck whether the vocabulary has no token that continues the text, so that only ending it is left
     */
    ConfigurationMask(FrameMask[] frames, int[] others, boolean stuck) {
        this.frames = frames;
        this.others = others;
        this.stuck = stuck;
    }

    void fill(int[] words, int offset, int maskWords) {
        if (frames.length == 0) {
            Arrays.fill(words, offset, offset + maskWords, 0);
        } else {
            frames[0].copyTo(words, offset, maskWords);
            for (int i = 1; i < frames.length; i++) {
                frames[i].addTo(words, offset);
            }
        }
        FrameMask.set(others, words, offset);
    }

    boolean stuck() {
        return stuck;
    }

    long bytes() {
        return 64 + 8L * frames.length + 4L * others.length;
    }
}
