package dev.tokamak.toolparsers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads a call whose name stands before its arguments, which are JSON. */
final class NamedCallReader extends CallReader {
    /**
     * What stands before the arguments.
     *
     * @param name the function's name; empty if this heads no call and is to be dropped
     * @param id the call's id, or empty
     */
    record Head(String name, String id) {
        static final Head NO_CALL = new Head("", "");
    }

    /**
     * The format.
     *
     * @param headEnds what stands between head and arguments; an opening brace is part of the arguments
     * @param head the head's meaning; null if it is none
     * @param ends what may follow the arguments, so that it may stand for missing ones
     * @param begins what begins a call, so that it ends a malformed head
     */
    record Layout(List<String> headEnds, Function<String, Head> head, List<String> ends, List<String> begins) {}

    private static final int HEAD_LIMIT = 1024;

    private enum State {
        HEAD,
        GAP,
        ARGUMENTS,
        MISSING
    }

    private final Layout layout;
    private final Marks headMarks;
    private final Marks endMarks;
    private final ArgumentsReader arguments;
    private final StringBuilder text = new StringBuilder();
    private State state = State.HEAD;

    NamedCallReader(Layout layout, Feed feed, CallWriter out) {
        super(feed, out);
        this.layout = layout;
        List<String> marks = new ArrayList<>(layout.headEnds());
        for (String mark : layout.ends()) {
            if (!marks.contains(mark)) {
                marks.add(mark);
            }
        }
        for (String mark : layout.begins()) {
            if (!marks.contains(mark)) {
                marks.add(mark);
            }
        }
        this.headMarks = new Marks(marks);
        List<String> ends = new ArrayList<>(layout.ends());
        layout.begins().stream().filter(mark -> !ends.contains(mark)).forEach(ends::add);
        this.endMarks = new Marks(ends);
        this.arguments = new ArgumentsReader(out);
    }

    @Override
    Step read(char c) {
        return switch (state) {
            case HEAD -> head(c);
            case GAP -> gap(c);
            case ARGUMENTS -> arguments(c);
            case MISSING -> missing(c);
        };
    }

    private Step head(char c) {
        int mark = headMarks.feed(c, feed, text);
        if (mark == Marks.NONE) {
            return text.length() > HEAD_LIMIT ? Step.FAIL : Step.MORE;
        }
        boolean ends = mark < layout.headEnds().size();
        if (!ends || headMarks.get(mark).equals("{")) {
            feed.pushBack(headMarks.get(mark));
        }
        Head head = ends ? layout.head().apply(text.toString()) : null;
        if (head == null) {
            return Step.FAIL;
        }
        text.setLength(0);
        if (head == Head.NO_CALL) {
            return Step.DROP;
        }
        out.begin(head.name(), head.id());
        state = State.GAP;
        return Step.MORE;
    }

    private Step gap(char c) {
        if (isSpace(c)) {
            return Step.MORE;
        }
        boolean json = c == '{' || c == '"' || c == 'n';
        state = json ? State.ARGUMENTS : State.MISSING;
        return json ? arguments(c) : missing(c);
    }

    private Step arguments(char c) {
        return switch (arguments.feed(c)) {
            case MORE -> Step.MORE;
            case END -> Step.LAST;
            default -> fail(c);
        };
    }

    private Step missing(char c) {
        int mark = endMarks.feed(c, feed, text);
        if (mark != Marks.NONE) {
            feed.pushBack(endMarks.get(mark));
            out.arguments("{}");
            return Step.LAST;
        }
        if (text.isEmpty()) {
            return Step.MORE;
        }
        out.arguments(text);
        return Step.FAIL;
    }

    @Override
    void cut() {
        switch (state) {
            case ARGUMENTS -> arguments.cut();
            case MISSING -> out.arguments(endMarks.takeHeld());
            default -> {}
        }
    }

    /** The head is the name. */
    static Head plainName(String head) {
        String name = head.strip();
        return isName(name) ? new Head(name, "") : null;
    }

    /** Whether text can be a function's name: not blank, without white space, brackets of marks or control characters. */
    static boolean isName(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || c == '<' || c == '>' || c == '{' || c == '"');
    }
}
