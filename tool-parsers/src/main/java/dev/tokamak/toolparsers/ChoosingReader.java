package dev.tokamak.toolparsers;

import java.util.function.Supplier;

/** Reads a format of two generations, which the first character tells apart. */
final class ChoosingReader extends CallReader {
    private final String openings;
    private final Supplier<CallReader> opened;
    private final Supplier<CallReader> other;
    private CallReader chosen;

    /**
     * A choice.
     *
     * @param openings the characters that one generation begins with
     * @param opened reads that one
     * @param other reads what begins with anything else
     */
    ChoosingReader(
            String openings, Supplier<CallReader> opened, Supplier<CallReader> other, Feed feed, CallWriter out) {
        super(feed, out);
        this.openings = openings;
        this.opened = opened;
        this.other = other;
    }

    @Override
    Step read(char c) {
        if (chosen == null) {
            if (isSpace(c)) {
                return Step.MORE;
            }
            chosen = openings.indexOf(c) >= 0 ? opened.get() : other.get();
        }
        return chosen.read(c);
    }

    @Override
    boolean inText() {
        return chosen != null && chosen.inText();
    }

    @Override
    boolean hasBegun() {
        return chosen != null && chosen.hasBegun();
    }

    @Override
    boolean inList() {
        return chosen != null && chosen.inList();
    }

    @Override
    void textEnds() {
        if (chosen != null) {
            chosen.textEnds();
        }
    }

    @Override
    String completion() {
        return chosen.completion();
    }

    @Override
    void cut() {
        if (chosen != null) {
            chosen.cut();
        }
    }
}
