package dev.tokamak.grammars.automaton;

/** The calls that are open, innermost first. Equal stacks are one object within an automaton's generation. */
final class CallStack {
    /** No call is open: what ends here ends the text. */
    static final CallStack BOTTOM = new CallStack(0, null, null);

    final int id;
    /** Where the innermost call returns to. */
    final Frame returnTo;

    final CallStack outer;
    /** The configuration after the innermost call has returned; null is not worked out yet. */
    Configuration returned;

    CallStack(int id, Frame returnTo, CallStack outer) {
        this.id = id;
        this.returnTo = returnTo;
        this.outer = outer;
    }

    /** Empties the cache. Under the automaton's lock. */
    void forget() {
        returned = null;
    }
}
