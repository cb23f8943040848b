package dev.tokamak.toolparsers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes the tags that mark cited passages out of text that comes one character at a time. */
final class CitationFilter {
    private final Feed feed = new Feed();
    private final Marks marks;
    private final StringBuilder passed = new StringBuilder();
    /** A tag that names its sources, up to its end. */
    private final StringBuilder tag = new StringBuilder();

    CitationFilter() {
        List<String> all = new ArrayList<>(Arrays.asList(CitationReader.BEGINNINGS));
        all.addAll(Arrays.asList(CitationReader.WHOLE));
        marks = new Marks(all);
    }

    /** What is certain to be no tag's with one more character. */
    String without(char c) {
        step(c);
        while (feed.hasNext()) {
            step(feed.next());
        }
        String text = passed.toString();
        passed.setLength(0);
        return text;
    }

    private void step(char c) {
        if (tag.isEmpty()) {
            int mark = marks.feed(c, feed, passed);
            if (mark != Marks.NONE && mark < CitationReader.BEGINNINGS.length) {
                tag.append(marks.get(mark));
            }
        } else if (c == '>') {
            tag.setLength(0);
        } else if (CitationReader.isSource(c) && tag.length() < CitationReader.LIMIT) {
            tag.append(c);
        } else {
            passed.append(tag);
            tag.setLength(0);
            feed.pushBack(c);
        }
    }

    /** What is held at the text's end. */
    String rest() {
        return tag + marks.takeHeld();
    }
}
