package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser.Sink;

/**
 * Gathers what is reasoning and what is not, so that a delta tells the sink at most one piece of each in a row. Half of a
 * surrogate pair waits for the other half.
 */
final class ReasoningWriter {
    private final StringBuilder text = new StringBuilder();
    private boolean reasoning;
    private Sink sink;

    void to(Sink sink) {
        this.sink = sink;
    }

    void reasoning(CharSequence more) {
        write(true, more);
    }

    void content(CharSequence more) {
        write(false, more);
    }

    private void write(boolean isReasoning, CharSequence more) {
        if (more.length() > 0 && isReasoning != reasoning) {
            flush(true);
            reasoning = isReasoning;
        }
        text.append(more);
    }

    /** Drops what is held of a prompt. */
    void forget() {
        text.setLength(0);
    }

    void flush(boolean last) {
        int length = text.length();
        if (!last && length > 0 && Character.isHighSurrogate(text.charAt(length - 1))) {
            length--;
        }
        if (length == 0) {
            return;
        }
        String piece = text.substring(0, length);
        text.delete(0, length);
        if (reasoning) {
            sink.reasoning(piece);
        } else {
            sink.content(piece);
        }
    }
}
