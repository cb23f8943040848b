package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;

/** A text being made: a string builder that asks the budget first. */
public final class Text {
    final Budget budget;
    private final StringBuilder builder = new StringBuilder();

    public Text(Budget budget) {
        this.budget = budget;
    }

    public Text append(String s) {
        budget.grown(s.length(), builder.length() + s.length());
        builder.append(s);
        return this;
    }

    public Text append(char c) {
        budget.grown(1, builder.length() + 1);
        builder.append(c);
        return this;
    }

    public Text append(String s, int start, int end) {
        budget.grown(end - start, builder.length() + end - start);
        builder.append(s, start, end);
        return this;
    }

    Text appendCodePoint(int codePoint) {
        budget.grown(1, builder.length() + 2);
        builder.appendCodePoint(codePoint);
        return this;
    }

    /** Appends the character {@code count} times; a count below one appends nothing. */
    public Text pad(String fill, long count) {
        if (count > 0) {
            budget.text(count * fill.length());
            builder.append(fill.repeat((int) count));
        }
        return this;
    }

    @Override
    public String toString() {
        return builder.toString();
    }
}
