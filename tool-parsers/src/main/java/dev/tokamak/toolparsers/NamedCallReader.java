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
     * @param ends what ends a call, and so a malformed head
     * @param begins what begins a call, and so ends a malformed head
     */
    record Layout(List<String> headEnds, Function<String, Head> head, List<String> ends, List<String> begins) {
        private Layout in(Tokens tokens) {
            return new Layout(tokens.in(headEnds), head, tokens.in(ends), tokens.in(begins));
        }
    }

    private static final int HEAD_LIMIT = 1024;

    private enum State {
        HEAD,
        GAP,
        ARGUMENTS
    }

    private final Layout layout;
    private final Marks headMarks;
    private final ArgumentsReader arguments;
    private final StringBuilder text = new StringBuilder();
    private State state = State.HEAD;

    NamedCallReader(Layout layout, Feed feed, CallWriter out) {
        super(feed, out);
        this.layout = layout.in(feed.tokens());
        List<String> marks = new ArrayList<>(this.layout.headEnds());
        for (String mark : this.layout.ends()) {
            if (!marks.contains(mark)) {
                marks.add(mark);
            }
        }
        for (String mark : this.layout.begins()) {
            if (!marks.contains(mark)) {
                marks.add(mark);
            }
        }
        this.headMarks = new Marks(marks);
        this.arguments = new ArgumentsReader(out);
    }

    @Override
    Step read(char c) {
        return switch (state) {
            case HEAD -> head(c);
            case GAP -> gap(c);
            case ARGUMENTS -> arguments(c);
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
        Head head = ends ? layout.head().apply(Tokens.plain(text)) : null;
        if (head == null) {
            return Step.FAIL;
        }
        text.setLength(0);
        if (head == Head.NO_CALL) {
            return Step.DROP;
        }
        out.name(head.name(), head.id());
        feed.startRecord("");
        state = State.GAP;
        return Step.MORE;
    }

    /** The mark before the arguments may be repeated. */
    private Step gap(char c) {
        if (!headMarks.isHolding() && isSpace(c)) {
            return Step.MORE;
        }
        if (!headMarks.isHolding() && c == '{') {
            state = State.ARGUMENTS;
            return arguments(c);
        }
        headMarks.feed(c, feed, text);
        if (text.isEmpty()) {
            return Step.MORE;
        }
        char first = text.charAt(0);
        text.setLength(0);
        state = State.ARGUMENTS;
        return arguments(first);
    }

    private Step arguments(char c) {
        return switch (arguments.feed(c)) {
            case MORE -> Step.MORE;
            case END -> Step.LAST;
            default -> fail(c);
        };
    }

    @Override
    boolean inText() {
        return state == State.ARGUMENTS && arguments.inText();
    }

    @Override
    boolean hasBegun() {
        return state != State.HEAD;
    }

    @Override
    String completion() {
        return arguments.completion();
    }

    @Override
    void cut() {
        arguments.cut();
    }

    /** The head is the name. */
    static Head plainName(String head) {
        String name = head.strip();
        return isName(name) ? new Head(name, "") : null;
    }

    /** Whether the value of an attribute can be a function's name: not blank, without white space or control characters. */
    static boolean isQuotedName(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ');
    }

    /** Whether text can be a function's name: not blank, without white space, brackets of marks or control characters. */
    static boolean isName(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || c == '<' || c == '>' || c == '{' || c == '"');
    }
}
