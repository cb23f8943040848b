package dev.tokamak.protocol.openai;

import dev.tokamak.engine.output.StopStrings;

/** Lets an answer through up to where {@link AnswerStop} ends it, and holds back what could be the beginning of a stop string. */
final class StoppedAnswer {
    private final AnswerStop stop;
    private final StopStrings.Scanner scanner;
    private final StringBuilder pending = new StringBuilder();
    private int released;

    StoppedAnswer(AnswerStop stop, StopStrings stopStrings) {
        this.stop = stop;
        this.scanner = stopStrings.scanner();
    }

    /** Takes more of the answer, and gives what is certain to be part of it. */
    String accept(String text) {
        pending.append(text);
        for (int i = 0; i < text.length(); i++) {
            scanner.feed(text.charAt(i));
        }
        return release(pending.length() - scanner.held());
    }

    /** The rest. */
    String finish() {
        return release(pending.length());
    }

    private String release(int certain) {
        int length = Math.max(0, Math.min(certain, stop.end() - released));
        String text = pending.substring(0, length);
        pending.delete(0, length);
        released += length;
        return text;
    }
}
