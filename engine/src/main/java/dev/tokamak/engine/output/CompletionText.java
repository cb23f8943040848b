package dev.tokamak.engine.output;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;

/**
 * Turns one completion's tokens into text and looks for its stop strings. Text that could be the beginning of a stop string
 * is held back until it is known not to be one.
 */
final class CompletionText {
    private final Detokenizer detokenizer;
    private final StopStrings.Scanner scanner;
    private final boolean includeStop;
    private final int minTokens;
    private final Vocabulary vocabulary;
    private final MarkedText held = new MarkedText();
    private final StringBuilder pending = held.text();
    private int scanned;
    private int tokens;
    private int codePoints;
    private int tokenOffset;
    private String stoppedBy;

    /**
     * A completion's text.
     *
     * @param params whether stop strings are kept, and from where on they count
     * @param stopStrings those of the parameters
     * @param detokenizer or null if no text is wanted
     * @param vocabulary of the tokens
     */
    CompletionText(SamplingParams params, StopStrings stopStrings, Detokenizer detokenizer, Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.detokenizer = detokenizer;
        this.scanner = stopStrings.scanner();
        this.includeStop = params.includeStopInOutput();
        this.minTokens = params.minTokens();
    }

    /**
     * Adds a token.
     *
     * @param visible whether it is part of the text; a token that ends the sequence is not, unless it was asked for
     * @return the text that has become certain
     */
    MarkedText.Piece add(int token, boolean visible) {
        tokens++;
        tokenOffset = codePoints;
        if (detokenizer == null || !visible) {
            return MarkedText.Piece.EMPTY;
        }
        int before = pending.length();
        detokenizer.append(token, pending);
        codePoints += Character.codePointCount(pending, before, pending.length());
        String mark = Marks.of(vocabulary, token);
        int at = mark == null ? -1 : pending.indexOf(mark, before);
        if (at >= 0) {
            held.mark(at, at + mark.length());
        }
        return held.take(certain());
    }

    /** The rest of the text; call it when the completion ends for another reason than a stop string. */
    MarkedText.Piece finish() {
        if (detokenizer == null || stoppedBy != null) {
            return MarkedText.Piece.EMPTY;
        }
        detokenizer.finish(pending);
        int certain = certain();
        return held.take(stoppedBy != null ? certain : pending.length());
    }

    /** Where the token that was added last begins, in code points of all text made so far. */
    int tokenOffset() {
        return tokenOffset;
    }

    /** Whether what stopped the completion is part of its text. */
    boolean includesStop() {
        return includeStop;
    }

    /** The stop string that was found, or null. */
    String stoppedBy() {
        return stoppedBy;
    }

    /** How much of what is pending is certain to be part of the text; it is to be taken. */
    private int certain() {
        while (scanned < pending.length() && stoppedBy == null) {
            String stop = scanner.feed(pending.charAt(scanned++));
            if (stop != null && tokens > minTokens) {
                stoppedBy = stop;
                pending.setLength(includeStop ? scanned : scanned - stop.length());
            }
        }
        int certain = stoppedBy == null ? held.withoutPartOfMark(pending.length() - scanner.held()) : pending.length();
        scanned = pending.length() - certain;
        return certain;
    }
}
