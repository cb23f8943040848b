package dev.tokamak.toolparsers;

import java.util.List;

/**
 * Finds the next of some marks in text that comes one character at a time, holding back only what may be the beginning of
 * one. Where one mark begins another, the longer wins.
 */
final class Marks {
    /** No mark is complete. */
    static final int NONE = -1;

    /** How many marks there can be. */
    static final int MOST = Long.SIZE;

    private final String[] marks;
    private final StringBuilder held = new StringBuilder();
    /** One bit for each mark that {@link #held} begins. */
    private long alive;

    private int best = NONE;
    private int bestLength;

    Marks(List<String> marks) {
        if (marks.size() > MOST) {
            throw new IllegalArgumentException("At most " + MOST + " marks, not " + marks.size());
        }
        for (String mark : marks) {
            if (mark.isEmpty()) {
                throw new IllegalArgumentException("An empty mark in " + marks);
            }
        }
        this.marks = marks.toArray(String[]::new);
    }

    String get(int index) {
        return marks[index];
    }

    boolean isHolding() {
        return !held.isEmpty();
    }

    /** Gives up what is held back, at the text's end. */
    String takeHeld() {
        String text = held.toString();
        clear();
        return text;
    }

    private void clear() {
        held.setLength(0);
        best = NONE;
    }

    /**
     * Takes a character.
     *
     * @param c the character
     * @param feed is given back what was held and turned out to be no mark, but for the first character of it
     * @param released what cannot be a mark is appended to this
     * @return the index of the mark that is complete, or {@link #NONE}
     */
    int feed(char c, Feed feed, StringBuilder released) {
        int position = held.length();
        long candidates = position == 0 ? allBits() : alive;
        long next = 0;
        int complete = NONE;
        for (long rest = candidates; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            String mark = marks[i];
            if (mark.charAt(position) == c) {
                if (mark.length() == position + 1) {
                    complete = i;
                } else {
                    next |= 1L << i;
                }
            }
        }
        if (position == 0 && next == 0 && complete == NONE) {
            released.append(c);
            return NONE;
        }
        held.append(c);
        alive = next;
        if (complete != NONE) {
            best = complete;
            bestLength = position + 1;
        }
        if (next != 0) {
            return NONE;
        }
        return resolve(feed, released);
    }

    /** What is held begins no longer mark: it is the longest complete one, or its first character is text. */
    private int resolve(Feed feed, StringBuilder released) {
        int found = best;
        int used = found == NONE ? 1 : bestLength;
        if (found == NONE) {
            released.append(held.charAt(0));
        }
        feed.pushBack(held.substring(used));
        clear();
        return found;
    }

    private long allBits() {
        return marks.length == MOST ? -1L : (1L << marks.length) - 1;
    }
}
