package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser.Sink;
import java.util.function.Consumer;

/**
 * Gathers what is reasoning and what is not, so that a delta tells the sink at most one piece of each in a row. Half of a
 * surrogate pair waits for the other half.
 */
final class ReasoningWriter {
    private final StringBuilder text = new StringBuilder();
    /** Whether tokens are set apart in the text. */
    private final boolean marked;

    private boolean reasoning;
    private Sink sink;

    ReasoningWriter(Tokens tokens) {
        marked = tokens != Tokens.UNKNOWN;
    }

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
        int length = last || reasoning || !marked ? text.length() : wholeTokens();
        boolean half = length > 0 && Character.isHighSurrogate(text.charAt(length - 1));
        if (!last && half && !(marked && Tokens.isEdge(text.charAt(length - 1)))) {
            length--;
        }
        if (length <= 0) {
            return;
        }
        String piece = text.substring(0, length);
        text.delete(0, length);
        if (reasoning) {
            tell(marked ? Tokens.plain(piece) : piece, sink::reasoning);
        } else if (marked) {
            tellContent(piece);
        } else {
            sink.content(piece);
        }
    }

    /** Where a token begins that is not here as a whole; the length if nowhere. */
    private int wholeTokens() {
        int begin = lastEdge(Tokens.BEGIN);
        return begin > lastEdge(Tokens.END) ? begin : text.length();
    }

    private int lastEdge(char edge) {
        int at = text.length() - 1;
        while (at >= 0 && !isEdge(text, at, edge)) {
            at--;
        }
        return at;
    }

    private static boolean isEdge(CharSequence text, int at, char edge) {
        boolean pair = at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
        return text.charAt(at) == edge && !pair;
    }

    /** Tokens stay apart from other text, for the tool parser. */
    private void tellContent(String piece) {
        int told = 0;
        int begin = -1;
        for (int i = 0; i < piece.length(); i++) {
            if (isEdge(piece, i, Tokens.BEGIN)) {
                begin = i;
            } else if (begin >= 0 && isEdge(piece, i, Tokens.END)) {
                tell(Tokens.plain(piece.substring(told, begin)), sink::content);
                sink.contentToken(piece.substring(begin + 1, i));
                told = i + 1;
                begin = -1;
            }
        }
        tell(Tokens.plain(piece.substring(told)), sink::content);
    }

    private static void tell(String text, Consumer<String> to) {
        if (!text.isEmpty()) {
            to.accept(text);
        }
    }
}
