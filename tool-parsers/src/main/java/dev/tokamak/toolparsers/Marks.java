package dev.tokamak.toolparsers;

import java.util.Arrays;
import java.util.List;

/**
 * Finds the next of some marks in text that comes one character at a time, holding back only what may be the beginning of
 * one. Where one mark begins another, the longer wins.
 *
 * <p>Implementation notes. In order, the marks that begin with what is held stand next to each other, and a further character
 * narrows them to a part of those. So however many marks there are, a character costs no more than a search among them.
 */
final class Marks {
    /** No mark is complete. */
    static final int NONE = -1;

    private final List<String> given;
    /** The same in order, */
    private final String[] marks;
    /** and where each stands in the list that was given. */
    private final int[] places;

    private final StringBuilder held = new StringBuilder();
    /** Those from here on begin with {@link #held}, */
    private int first;
    /** but not from here on. */
    private int end;

    private int best = NONE;

    Marks(List<String> marks) {
        if (marks.contains("")) {
            throw new IllegalArgumentException("An empty mark in " + marks);
        }
        given = List.copyOf(marks);
        Integer[] order = new Integer[marks.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (one, other) -> given.get(one).compareTo(given.get(other)));
        this.marks = new String[order.length];
        this.places = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            this.places[i] = order[i];
            this.marks[i] = given.get(order[i]);
        }
        clear();
    }

    String get(int place) {
        return given.get(place);
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
        first = 0;
        end = marks.length;
        best = NONE;
    }

    /**
     * Takes a character.
     *
     * @param c the character
     * @param feed is given back what was held and turned out to be no mark, but for the first character of it
     * @param released what cannot be a mark is appended to this
     * @return the place of the mark that is complete, or {@link #NONE}
     */
    int feed(char c, Feed feed, StringBuilder released) {
        int position = held.length();
        int from = search(position, c);
        int to = search(position, c + 1);
        if (position == 0 && from == to) {
            released.append(c);
            return NONE;
        }
        held.append(c);
        first = from;
        end = to;
        while (first < end && marks[first].length() == position + 1) {
            best = first++;
        }
        return first < end ? NONE : resolve(feed, released);
    }

    /** The first of those that begin with what is held whose next character is not below. */
    private int search(int position, int c) {
        int low = first;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (marks[middle].charAt(position) < c) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** What is held begins no longer mark: it is the longest complete one, or its first character is text. */
    private int resolve(Feed feed, StringBuilder released) {
        int found = best == NONE ? NONE : places[best];
        int used = best == NONE ? 1 : marks[best].length();
        if (best == NONE) {
            released.append(held.charAt(0));
        }
        feed.pushBack(held.substring(used));
        clear();
        return found;
    }
}
