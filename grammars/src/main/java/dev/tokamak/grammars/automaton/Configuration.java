package dev.tokamak.grammars.automaton;

import java.util.Arrays;

/**
 * All that a grammar knows about a text: the frames in which it may be, each with its open calls, and whether the text
 * may end. Calls have been entered and ended rules left, so that each frame takes bytes or a special token next. Equal
 * configurations are one object within an automaton's generation. Everything but the caches is final.
 */
final class Configuration {
    /** No text continues and none ends here. */
    static final Configuration DEAD = new Configuration(new Frame[0], new CallStack[0], false, 0);
    /** After the end. */
    static final Configuration ENDED = new Configuration(new Frame[0], new CallStack[0], false, 0);

    final Frame[] frames;
    final CallStack[] stacks;
    final boolean accepting;
    /** {@link #onlyByte} before it is worked out. */
    static final int UNKNOWN = -2;

    /** By class of bytes; null is not worked out yet. */
    final Configuration[] next;
    /** Which tokens are allowed; null is not worked out yet. */
    ConfigurationMask mask;
    /** The byte that must come next, -1 if none must. */
    int onlyByte = UNKNOWN;

    Configuration(Frame[] frames, CallStack[] stacks, boolean accepting, int classes) {
        this.frames = frames;
        this.stacks = stacks;
        this.accepting = accepting;
        this.next = new Configuration[classes];
    }

    /** Empties the caches. Under the automaton's lock. */
    void forget() {
        Arrays.fill(next, null);
        mask = null;
    }

    /** Whether the text cannot continue, only end. */
    boolean exhausted() {
        return frames.length == 0;
    }
}
