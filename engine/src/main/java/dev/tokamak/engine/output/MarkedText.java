package dev.tokamak.engine.output;

import java.util.Arrays;
import java.util.function.Consumer;

/** Text that grows at its end and is taken from its beginning, and where in it the marks are that came as one token. */
public final class MarkedText {
    private static final int[] NONE = {};

    private final StringBuilder text = new StringBuilder();
    /** Begin and end of each mark. */
    private int[] spans = NONE;

    private int count;

    /** Text with the places of the marks in it. */
    public record Piece(String text, int[] spans) {
        /** Nothing. */
        public static final Piece EMPTY = new Piece("", NONE);

        /** Hands the piece on in order, marks apart from other text. */
        public void forEach(Consumer<String> onText, Consumer<String> onMark) {
            int told = 0;
            for (int i = 0; i < spans.length; i += 2) {
                if (told < spans[i]) {
                    onText.accept(text.substring(told, spans[i]));
                }
                onMark.accept(text.substring(spans[i], spans[i + 1]));
                told = spans[i + 1];
            }
            if (told < text.length()) {
                onText.accept(told == 0 ? text : text.substring(told));
            }
        }
    }

    /** The text, to be appended to or cut at its end. */
    StringBuilder text() {
        return text;
    }

    /** How long the text is. */
    public int length() {
        return text.length();
    }

    /** Adds a piece of text. */
    public void append(Piece piece) {
        int offset = text.length();
        text.append(piece.text());
        for (int i = 0; i < piece.spans().length; i += 2) {
            mark(offset + piece.spans()[i], offset + piece.spans()[i + 1]);
        }
    }

    /** Says that a part of the text is a mark, behind those that are known. */
    void mark(int begin, int end) {
        if (count == spans.length) {
            spans = Arrays.copyOf(spans, Math.max(4, 2 * count));
        }
        spans[count++] = begin;
        spans[count++] = end;
    }

    /**
     * Where text ends that has no part of a mark.
     *
     * @param length how much there is at most
     * @return this, or where the mark begins that stands there
     */
    public int withoutPartOfMark(int length) {
        for (int i = 0; i < count; i += 2) {
            if (spans[i] < length && length < spans[i + 1]) {
                return spans[i];
            }
        }
        return length;
    }

    /** All of it, which stays. */
    Piece whole() {
        return new Piece(text.toString(), Arrays.copyOf(spans, count));
    }

    /**
     * Takes text from the beginning. A mark of which only a part is taken is none.
     *
     * @param length at most {@link #length()}
     * @return never null
     */
    public Piece take(int length) {
        if (length == 0) {
            return Piece.EMPTY;
        }
        int taken = 0;
        while (taken < count && spans[taken + 1] <= length) {
            taken += 2;
        }
        Piece piece = new Piece(text.substring(0, length), taken == 0 ? NONE : Arrays.copyOf(spans, taken));
        text.delete(0, length);
        int left = 0;
        for (int i = taken; i < count; i += 2) {
            if (spans[i] >= length) {
                spans[left++] = spans[i] - length;
                spans[left++] = spans[i + 1] - length;
            }
        }
        count = left;
        return piece;
    }
}
