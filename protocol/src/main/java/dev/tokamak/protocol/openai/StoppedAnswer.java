package dev.tokamak.protocol.openai;

import dev.tokamak.engine.output.MarkedText;
import dev.tokamak.engine.output.StopStrings;

/** Lets an answer through up to where {@link AnswerStop} ends it, and holds back what could be the beginning of a stop string. */
final class StoppedAnswer {
    private final AnswerStop stop;
    private final StopStrings.Scanner scanner;
    private final MarkedText pending = new MarkedText();
    private int released;

    StoppedAnswer(AnswerStop stop, StopStrings stopStrings) {
        this.stop = stop;
        this.scanner = stopStrings.scanner();
    }

    /** Takes more of the answer, and gives what is certain to be part of it. */
    MarkedText.Piece accept(MarkedText.Piece more) {
        pending.append(more);
        for (int i = 0; i < more.text().length(); i++) {
            scanner.feed(more.text().charAt(i));
        }
        return release(pending.withoutPartOfMark(pending.length() - scanner.held()));
    }

    /** The rest. */
    MarkedText.Piece finish() {
        return release(pending.length());
    }

    private MarkedText.Piece release(int certain) {
        int length = Math.max(0, Math.min(certain, stop.end() - released));
        released += length;
        return pending.take(length);
    }
}
