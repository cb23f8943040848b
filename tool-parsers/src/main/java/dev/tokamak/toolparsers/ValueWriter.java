package dev.tokamak.toolparsers;

/** Writes one parameter's text as JSON by its type: strings as they come, others when they end. */
final class ValueWriter {
    private static final String NULL = "null";

    private final ParameterType type;
    private final boolean trimsLines;
    private final CallWriter out;
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder escaped = new StringBuilder();
    private boolean begun;
    private boolean lineBreakHeld;
    private boolean streaming;

    ValueWriter(ParameterType type, boolean trimsLines, CallWriter out) {
        this.type = type;
        this.trimsLines = trimsLines;
        this.out = out;
        if (type.isString() && !type.isNullable()) {
            stream();
        }
    }

    void append(char c) {
        if (!trimsLines) {
            put(c);
            return;
        }
        boolean first = !begun;
        begun = true;
        if (first && c == '\n') {
            return;
        }
        if (lineBreakHeld) {
            lineBreakHeld = false;
            put('\n');
        }
        if (c == '\n') {
            lineBreakHeld = true;
        } else {
            put(c);
        }
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
        out.arguments(streaming ? "\"" : type.toJson(held.toString()));
    }

    /** The value will not be completed: what is held is written as the beginning of what it would have been. */
    void cut() {
        if (!streaming && !held.isEmpty()) {
            String json = type.toJson(held.toString());
            out.arguments(json.charAt(0) == '"' ? json.substring(0, json.length() - 1) : json);
        }
    }
}
