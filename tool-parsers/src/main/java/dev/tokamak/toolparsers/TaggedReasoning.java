package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits off reasoning that stands between tags at the beginning of a completion. Each character is looked at once, but for
 * beginnings of tags that turn out to be none.
 */
final class TaggedReasoning implements ReasoningParser {
    /** Whether text that no tag opens is reasoning. */
    enum Implicit {
        /** Unless the prompt has ended the reasoning. */
        ALWAYS,
        /** Only if nothing is known of the prompt: else the prompt tells. */
        IF_PROMPT_IS_UNKNOWN,
        /** If the request's template variables ask for thinking; else there is no reasoning. */
        IF_ASKED_FOR,
        /** Never. */
        NEVER
    }

    /**
     * The format.
     *
     * @param starts what opens reasoning; at least one
     * @param ends what closes it; at least one
     * @param alsoEnds what closes it as well and stays in the content
     * @param silent what is dropped from content
     * @param implicit whether text that no tag opens is reasoning
     */
    record Tags(List<String> starts, List<String> ends, List<String> alsoEnds, List<String> silent, Implicit implicit) {
        static Tags of(String start, String end, Implicit implicit) {
            return new Tags(List.of(start), List.of(end), List.of(), List.of(), implicit);
        }

        Tags silently(String... texts) {
            return new Tags(starts, ends, alsoEnds, List.of(texts), implicit);
        }

        Tags endedBy(String... texts) {
            return new Tags(starts, ends, List.of(texts), silent, implicit);
        }
    }

    /** Where a completion begins. */
    enum Beginning {
        /** Within reasoning. */
        REASONING,
        /** Before anything: text is reasoning if it is opened, or not. */
        OPEN_OR_REASONING,
        /** Before anything: text is content unless reasoning is opened. */
        OPEN_OR_CONTENT,
        /** Behind reasoning. */
        CONTENT
    }

    private final Tags tags;
    private final boolean implicit;
    private final Feed feed = new Feed();
    private final ReasoningWriter out = new ReasoningWriter();
    private final StringBuilder released = new StringBuilder();
    private final StringBuilder leadingSpace = new StringBuilder();
    private final Marks startMarks;
    private final Marks endMarks;
    private final Marks silentMarks;
    private Beginning state;

    TaggedReasoning(Tags tags, Beginning beginning) {
        this.tags = tags;
        this.state = beginning;
        this.implicit = beginning == Beginning.OPEN_OR_REASONING;
        this.startMarks = new Marks(joined(tags.starts(), tags.silent(), implicit ? tags.ends() : List.of()));
        this.endMarks = new Marks(joined(tags.ends(), tags.alsoEnds(), List.of()));
        this.silentMarks = new Marks(tags.silent());
    }

    private static List<String> joined(List<String> first, List<String> second, List<String> third) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        all.addAll(third);
        return all;
    }

    @Override
    public void accept(CharSequence text, Sink sink) {
        out.to(sink);
        for (int i = 0; i < text.length(); i++) {
            step(text.charAt(i));
            while (feed.hasNext()) {
                step(feed.next());
            }
        }
        out.flush(false);
    }

    private void step(char c) {
        switch (state) {
            case REASONING -> reasoning(c);
            case CONTENT -> content(c);
            default -> beginning(c);
        }
    }

    private void beginning(char c) {
        if (!startMarks.isHolding() && Character.isWhitespace(c)) {
            leadingSpace.append(c);
            return;
        }
        int mark = startMarks.feed(c, feed, released);
        if (!released.isEmpty()) {
            leadingSpace.append(released);
            released.setLength(0);
            leave(implicit ? Beginning.REASONING : Beginning.CONTENT);
        } else if (mark >= tags.starts().size() + tags.silent().size()) {
            leave(Beginning.CONTENT);
        } else if (mark != Marks.NONE && mark < tags.starts().size()) {
            leadingSpace.setLength(0);
            state = Beginning.REASONING;
        }
    }

    private void leave(Beginning next) {
        if (next == Beginning.REASONING) {
            out.reasoning(leadingSpace);
        } else {
            out.content(leadingSpace);
        }
        leadingSpace.setLength(0);
        state = next;
    }

    private void reasoning(char c) {
        int mark = endMarks.feed(c, feed, released);
        out.reasoning(released);
        released.setLength(0);
        if (mark != Marks.NONE) {
            state = Beginning.CONTENT;
            if (mark >= tags.ends().size()) {
                out.content(endMarks.get(mark));
            }
        }
    }

    private void content(char c) {
        silentMarks.feed(c, feed, released);
        out.content(released);
        released.setLength(0);
    }

    @Override
    public void finish(Sink sink) {
        out.to(sink);
        switch (state) {
            case REASONING -> out.reasoning(endMarks.takeHeld());
            case CONTENT -> out.content(silentMarks.takeHeld());
            default -> {
                leadingSpace.append(startMarks.takeHeld());
                leave(implicit ? Beginning.REASONING : Beginning.CONTENT);
            }
        }
        out.flush(true);
    }

    @Override
    public boolean ended() {
        return state == Beginning.CONTENT;
    }
}
