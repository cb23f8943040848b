package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;

/**
 * Finds one text in another.
 *
 * <p>Implementation notes: {@code String.indexOf} compares at every place where the first character fits, which takes
 * quadratic time for texts made to be slow. It is fine for short parts; for long ones the comparisons are counted and
 * charged to the budget.
 */
public final class TextSearch {
    private static final int SHORT = 16;
    private static final int COMPARISONS_PER_STEP = 16;

    private final Budget budget;
    private final String part;
    private long comparisons;

    public TextSearch(Budget budget, String part) {
        this.budget = budget;
        this.part = part;
    }

    public boolean isIn(String text) {
        return first(text, 0) >= 0;
    }

    /** The first occurrence at or after a position, or -1. */
    int first(String text, int from) {
        if (part.length() <= SHORT) {
            return text.indexOf(part, from);
        }
        int last = text.length() - part.length();
        for (int at = text.indexOf(part.charAt(0), from);
                at >= 0 && at <= last;
                at = text.indexOf(part.charAt(0), at + 1)) {
            if (matches(text, at)) {
                return at;
            }
        }
        return -1;
    }

    /** The last occurrence at or before a position, or -1. */
    int last(String text, int from) {
        if (part.length() <= SHORT) {
            return text.lastIndexOf(part, from);
        }
        int start = Math.min(from, text.length() - part.length());
        for (int at = text.lastIndexOf(part.charAt(0), start); at >= 0; at = text.lastIndexOf(part.charAt(0), at - 1)) {
            if (matches(text, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean matches(String text, int at) {
        int same = 0;
        while (same < part.length() && text.charAt(at + same) == part.charAt(same)) {
            same++;
        }
        comparisons += same;
        budget.steps(comparisons / COMPARISONS_PER_STEP);
        comparisons %= COMPARISONS_PER_STEP;
        return same == part.length();
    }
}
