package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolCallSink;

/**
 * Gathers what readers find, so that a delta tells the sink at most one piece of each kind in a row. Arguments that come
 * before their call's name wait for it. Half of a surrogate pair waits for the other half.
 */
final class CallWriter {
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private ToolCallSink sink;
    private boolean open;

    void to(ToolCallSink sink) {
        this.sink = sink;
    }

    boolean isOpen() {
        return open;
    }

    void content(char c) {
        content.append(c);
    }

    void content(CharSequence text) {
        content.append(text);
    }

    void begin(String name, String id) {
        flushContent(true);
        open = true;
        sink.beginCall(name, id);
    }

    void arguments(char c) {
        arguments.append(c);
    }

    void arguments(CharSequence json) {
        arguments.append(json);
    }

    void end() {
        flushArguments(true);
        open = false;
        sink.endCall();
    }

    /** Forgets arguments whose call turned out to be none. */
    void forgetArguments() {
        arguments.setLength(0);
    }

    void flush(boolean last) {
        if (open) {
            flushArguments(last);
        } else {
            flushContent(last);
        }
    }

    private void flushContent(boolean last) {
        String text = take(content, last);
        if (!text.isEmpty()) {
            sink.content(text);
        }
    }

    private void flushArguments(boolean last) {
        String json = take(arguments, last);
        if (!json.isEmpty()) {
            sink.arguments(json);
        }
    }

    private static String take(StringBuilder from, boolean last) {
        int length = from.length();
        if (length == 0) {
            return "";
        }
        int end = !last && Character.isHighSurrogate(from.charAt(length - 1)) ? length - 1 : length;
        String text = from.substring(0, end);
        from.delete(0, end);
        return text;
    }
}
