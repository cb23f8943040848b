package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolCallSink;

/**
 * Gathers what readers find, so that a delta tells the sink at most one piece of each kind in a row. A call whose arguments
 * are still to be judged is told with the first of them; arguments that come before their call's name wait for it. Half of a
 * surrogate pair waits for the other half.
 */
final class CallWriter {
    private static final int NOT_HELD = -1;
    private static final int NAME_LIMIT = 256;

    private final StringBuilder content = new StringBuilder();
    /** The name that the content so far ends with. */
    private final StringBuilder lastName = new StringBuilder();

    private final StringBuilder arguments = new StringBuilder();
    private ToolCallSink sink;
    private String name;
    private String id;
    private boolean told;
    private int heldFrom = NOT_HELD;

    void to(ToolCallSink sink) {
        this.sink = sink;
    }

    /** Whether a call is under way: its name is known. */
    boolean isOpen() {
        return name != null;
    }

    /** Whether the call that is under way was told, so that there is no way back. */
    boolean isTold() {
        return told;
    }

    void content(char c) {
        content.append(c);
        if (Character.isLetterOrDigit(c) || "_.-".indexOf(c) >= 0) {
            if (lastName.length() < NAME_LIMIT) {
                lastName.append(c);
            }
        } else {
            lastName.setLength(0);
        }
    }

    void content(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            content(text.charAt(i));
        }
    }

    /** The name that the content ends with, if it ends with one. */
    String lastName() {
        return lastName.toString();
    }

    /** A call's name is known. The call is told with its arguments, which are an object or none. */
    void name(String name, String id) {
        this.name = name;
        this.id = id;
        if (!arguments.isEmpty()) {
            tell();
        }
    }

    /** A call's name is known, and no arguments but an object can follow. */
    void begin(String name, String id) {
        name(name, id);
        tell();
    }

    private void tell() {
        if (told) {
            return;
        }
        flushContent(true);
        told = true;
        sink.beginCall(name, id);
    }

    void arguments(char c) {
        arguments.append(c);
        argumentsCame();
    }

    void arguments(CharSequence json) {
        arguments.append(json);
        if (json.length() > 0) {
            argumentsCame();
        }
    }

    private void argumentsCame() {
        if (name != null) {
            tell();
        }
    }

    /** Whatever arguments come from here on may be taken back. */
    void hold() {
        heldFrom = arguments.length();
    }

    /** What is held is certain. */
    void release() {
        heldFrom = NOT_HELD;
    }

    /** Takes back what is held. */
    void takeBack() {
        arguments.setLength(heldFrom);
        heldFrom = NOT_HELD;
    }

    /** The call's arguments are an object. */
    void end() {
        tell();
        flushArguments(true);
        close();
        sink.endCall();
    }

    /** The call is over, though its arguments are no whole object. */
    void breakOff() {
        tell();
        flushArguments(true);
        close();
    }

    /** Forgets a call that was not told, or arguments whose call turned out to be none. */
    void forget() {
        arguments.setLength(0);
        close();
    }

    private void close() {
        name = null;
        told = false;
        heldFrom = NOT_HELD;
    }

    /** Tells what is certain. */
    void flush() {
        if (told) {
            flushArguments(false);
        } else {
            flushContent(false);
        }
    }

    /** Tells everything: the text has ended. */
    void flushAll() {
        if (isOpen()) {
            tell();
            flushArguments(true);
        } else {
            flushContent(true);
        }
    }

    private void flushContent(boolean last) {
        String text = Tokens.plain(take(content, content.length(), last));
        if (!text.isEmpty()) {
            sink.content(text);
        }
    }

    private void flushArguments(boolean last) {
        boolean held = heldFrom != NOT_HELD;
        String json = take(arguments, held ? heldFrom : arguments.length(), last);
        if (held) {
            heldFrom -= json.length();
        }
        String plain = Tokens.plain(json);
        if (!plain.isEmpty()) {
            sink.arguments(plain);
        }
    }

    private static String take(StringBuilder from, int length, boolean last) {
        if (length == 0) {
            return "";
        }
        int end = !last && Character.isHighSurrogate(from.charAt(length - 1)) ? length - 1 : length;
        String text = from.substring(0, end);
        from.delete(0, end);
        return text;
    }
}
