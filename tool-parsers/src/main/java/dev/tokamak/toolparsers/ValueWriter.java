package dev.tokamak.toolparsers;

/** Writes one parameter's text as JSON by its type: strings as they come, others when they end. */
final class ValueWriter {
    private static final String NULL = "null";

    private final ParameterType type;
    private final boolean trimsLines;
    private final CallWriter out;
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder escaped = new StringBuilder();
    /** White space that is part of the value only if something follows or the value ends as it should. */
    private final StringBuilder space = new StringBuilder();

    private boolean begun;
    private boolean streaming;

    ValueWriter(ParameterType type, boolean trimsLines, CallWriter out) {
        this.type = type;
        this.trimsLines = trimsLines;
        this.out = out;
        if (type.isString() && !type.isNullable()) {
            stream();
        }
    }

    void append(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            append(text.charAt(i));
        }
    }

    boolean isBegun() {
        return begun;
    }

    private void append(char c) {
        boolean first = !begun;
        begun = true;
        if (first && trimsLines && c == '\n') {
            return;
        }
        if (CallReader.isSpace(c)) {
            space.append(c);
            return;
        }
        putSpace();
        put(c);
    }

    private void putSpace() {
        for (int i = 0; i < space.length(); i++) {
            put(space.charAt(i));
        }
        space.setLength(0);
    }

    private void put(char c) {
        if (streaming) {
            escaped.setLength(0);
            JsonText.escape(c, escaped);
            out.arguments(escaped);
            return;
        }
        held.append(c);
        if (type.isString() && !NULL.startsWith(held.toString())) {
            stream();
        }
    }

    private void stream() {
        streaming = true;
        out.arguments('"');
        for (int i = 0; i < held.length(); i++) {
            put(held.charAt(i));
        }
        held.setLength(0);
    }

    void end() {
        int last = space.length() - 1;
        if (trimsLines && last >= 0 && space.charAt(last) == '\n') {
            space.setLength(last);
        }
        putSpace();
        out.arguments(completion());
    }

    /** What ends the value here, without white space that stands there. */
    String completion() {
        return streaming ? "\"" : type.toJson(held.toString());
    }

    /** The value will not be completed: what is held is written as the beginning of what it would have been. */
    void cut() {
        putSpace();
        if (!streaming && !held.isEmpty()) {
            String json = type.toJson(held.toString());
            out.arguments(json.charAt(0) == '"' ? json.substring(0, json.length() - 1) : json);
        }
    }
}
