package dev.tokamak.grammars.automaton;

import dev.tokamak.grammars.nfa.Nfa;
import java.util.Arrays;

/**
 * A place within one rule: a set of {@link Nfa} states, as a deterministic automaton has them. What it leads to is
 * worked out when it is first asked for. Everything but the caches is final, so that a thread that sees a frame sees
 * it whole; a cache's element is null or a frame, and is written under the automaton's lock.
 */
final class Frame {
    final int id;
    /** The states, ascending, without those that have empty moves only. */
    final int[] states;
    /** Whether the rule may end here. */
    final boolean accepting;
    /** Whether the frame has moves over bytes. */
    final boolean takesBytes;
    /** A run of plain characters, up to so long, stays within the rule; see {@link Nfa#plainRun}. */
    final int plainRun;
    /** The rules that may be called here. */
    final int[] calls;
    /** Where each call returns to; null is not worked out yet. */
    final Frame[] returns;
    /** The special tokens that may come here. */
    final int[] tokens;
    /** Where each special token leads; null is not worked out yet. */
    final Frame[] tokenTargets;
    /** By class of bytes; null is not worked out yet. */
    final Frame[] next;
    /** What this frame alone allows; null is not worked out yet. */
    FrameMask mask;

    Frame(
            int id,
            int[] states,
            boolean accepting,
            boolean takesBytes,
            int plainRun,
            int[] calls,
            int[] tokens,
            int classes) {
        this.id = id;
        this.states = states;
        this.accepting = accepting;
        this.takesBytes = takesBytes;
        this.plainRun = plainRun;
        this.calls = calls;
        this.returns = new Frame[calls.length];
        this.tokens = tokens;
        this.tokenTargets = new Frame[tokens.length];
        this.next = takesBytes ? new Frame[classes] : null;
    }

    /** Empties the caches. Under the automaton's lock. */
    void forget() {
        if (next != null) {
            Arrays.fill(next, null);
        }
        Arrays.fill(returns, null);
        Arrays.fill(tokenTargets, null);
        mask = null;
    }

    /** Whether nothing but the rule's end can come here, so that nobody need return to it. */
    boolean onlyEnds() {
        return accepting && !takesBytes && calls.length == 0 && tokens.length == 0;
    }
}
