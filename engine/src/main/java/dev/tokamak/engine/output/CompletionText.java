package dev.tokamak.engine.output;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.tokenizer.Detokenizer;

/**
 * Turns one completion's tokens into text and looks for its stop strings. Text that could be the beginning of a stop string
 * is held back until it is known not to be one.
 */
final class CompletionText {
    private final Detokenizer detokenizer;
    private final StopStrings.Scanner scanner;
    private final boolean includeStop;
    private final int minTokens;
    private final StringBuilder pending = new StringBuilder();
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
     */
    CompletionText(SamplingParams params, StopStrings stopStrings, Detokenizer detokenizer) {
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
    String add(int token, boolean visible) {
        tokens++;
        tokenOffset = codePoints;
        if (detokenizer == null || !visible) {
            return "";
        }
        int before = pending.length();
        detokenizer.append(token, pending);
        codePoints += Character.codePointCount(pending, before, pending.length());
        return release();
    }

    /** The rest of the text; call it when the completion ends for another reason than a stop string. */
    String finish() {
        if (detokenizer == null || stoppedBy != null) {
            return "";
        }
        detokenizer.finish(pending);
        String certain = release();
        if (stoppedBy != null) {
            return certain;
        }
        String rest = pending.toString();
        pending.setLength(0);
        return certain.isEmpty() ? rest : certain + rest;
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

    private String release() {
        if (pending.length() == 0) {
            return "";
        }
        while (scanned < pending.length() && stoppedBy == null) {
            String stop = scanner.feed(pending.charAt(scanned++));
            if (stop != null && tokens > minTokens) {
                stoppedBy = stop;
                pending.setLength(includeStop ? scanned : scanned - stop.length());
            }
        }
        int certain = stoppedBy == null ? pending.length() - scanner.held() : pending.length();
        String text = pending.substring(0, certain);
        pending.delete(0, certain);
        scanned = pending.length();
        return text;
    }
}
