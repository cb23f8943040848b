package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;

/**
 * A text in a namespace to which a template appends again and again ({@code ns.out = ns.out ~ x}), so that appending costs what is new. It
 * never leaves the namespace: whoever reads it gets a string.
 */
public final class GrowingText {
    private final StringBuilder builder;
    private String text;

    public GrowingText(String start) {
        this.builder = new StringBuilder(start);
        this.text = start;
    }

    public void append(Budget budget, String more) {
        budget.grown(more.length(), builder.length() + more.length());
        builder.append(more);
        text = null;
    }

    /** The text; making it costs its length once after each change. */
    public String read(Budget budget) {
        if (text == null) {
            budget.steps(builder.length() >> 6);
            text = builder.toString();
        }
        return text;
    }
}
