package dev.tokamak.chattemplates;

/** A text being made: a string builder that asks the budget first. */
final class Text {
    final Budget budget;
    private final StringBuilder builder = new StringBuilder();

    Text(Budget budget) {
        this.budget = budget;
    }

    Text append(String s) {
        budget.grown(s.length(), builder.length() + s.length());
        builder.append(s);
        return this;
    }

    Text append(char c) {
        budget.grown(1, builder.length() + 1);
        builder.append(c);
        return this;
    }

    Text append(String s, int start, int end) {
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
    Text pad(String fill, long count) {
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
