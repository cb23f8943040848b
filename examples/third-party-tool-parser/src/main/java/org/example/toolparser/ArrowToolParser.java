package org.example.toolparser;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolParser;

/**
 * Reads the format one character at a time. What is held back is at most a line's arrow and name; arguments go to the sink as
 * they come. A line's end is a call's. The call is ended only if its JSON was whole, since an ended call promises valid
 * arguments; otherwise it is broken off, and the next line is parsed as if nothing had happened.
 */
final class ArrowToolParser implements ToolParser {
    private static final String ARROW = "=>";

    private enum State {
        LINE_START,
        ARROW,
        NAME,
        ARGUMENTS,
        BROKEN_ARGUMENTS,
        CONTENT
    }

    private final StringBuilder held = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private JsonObjectCheck json;
    private State state = State.LINE_START;

    @Override
    public void accept(CharSequence text, ToolCallSink sink) {
        for (int i = 0; i < text.length(); i++) {
            step(text.charAt(i), sink);
        }
        flush(sink);
    }

    @Override
    public void finish(ToolCallSink sink) {
        boolean whole = state == State.ARGUMENTS && json.isWhole();
        if (state == State.ARROW || state == State.NAME) {
            content.append(held);
        }
        flush(sink);
        if (whole) {
            sink.endCall();
        }
    }

    private void step(char c, ToolCallSink sink) {
        switch (state) {
            case LINE_START, ARROW -> arrow(c);
            case NAME -> name(c, sink);
            case ARGUMENTS -> arguments(c, sink);
            case BROKEN_ARGUMENTS -> brokenArguments(c, sink);
            case CONTENT -> content(c);
        }
    }

    private void arrow(char c) {
        held.append(c);
        if (c != ARROW.charAt(held.length() - 1)) {
            giveUp();
        } else {
            state = held.length() == ARROW.length() ? State.NAME : State.ARROW;
        }
    }

    private void name(char c, ToolCallSink sink) {
        held.append(c);
        if (Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.') {
            return;
        }
        String name = held.substring(ARROW.length(), held.length() - 1);
        if (c != ' ' || name.isEmpty()) {
            giveUp();
            return;
        }
        held.setLength(0);
        flush(sink);
        sink.beginCall(name, "");
        json = new JsonObjectCheck();
        state = State.ARGUMENTS;
    }

    /** No call: what was held is content, and a line's end in it begins another line. */
    private void giveUp() {
        content.append(held);
        state = held.charAt(held.length() - 1) == '\n' ? State.LINE_START : State.CONTENT;
        held.setLength(0);
    }

    private void content(char c) {
        content.append(c);
        if (c == '\n') {
            state = State.LINE_START;
        }
    }

    private void arguments(char c, ToolCallSink sink) {
        if (c == '\n') {
            flush(sink);
            if (json.isWhole()) {
                sink.endCall();
            }
            state = State.LINE_START;
            return;
        }
        arguments.append(c);
        if (!json.accept(c)) {
            state = State.BROKEN_ARGUMENTS;
        }
    }

    /** The line's end is the call's, too: what follows is parsed as ever. */
    private void brokenArguments(char c, ToolCallSink sink) {
        if (c == '\n') {
            flush(sink);
            state = State.LINE_START;
        } else {
            arguments.append(c);
        }
    }

    private void flush(ToolCallSink sink) {
        if (!content.isEmpty()) {
            sink.content(content.toString());
            content.setLength(0);
        }
        if (!arguments.isEmpty()) {
            sink.arguments(arguments.toString());
            arguments.setLength(0);
        }
    }
}
