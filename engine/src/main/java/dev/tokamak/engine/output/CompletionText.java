package dev.tokamak.engine.output;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.tokenizer.Detokenizer;
import java.util.List;

/**
 * Turns one completion's tokens into text and looks for its stop strings. Text that could be the beginning of a stop string
 * is held back until it is known not to be one.
 */
final class CompletionText {
    private final Detokenizer detokenizer;
    private final List<String> stopStrings;
    private final boolean includeStop;
    private final int minTokens;
    private final StringBuilder pending = new StringBuilder();
    private int tokens;
    private int codePoints;
    private int tokenOffset;
    private String stoppedBy;

    /**
     * A completion's text.
     *
     * @param params stop strings and whether they are kept
     * @param detokenizer or null if no text is wanted
     */
    CompletionText(SamplingParams params, Detokenizer detokenizer) {
        this.detokenizer = detokenizer;
        this.stopStrings = params.stop();
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
        if (!stopStrings.isEmpty() && tokens > minTokens) {
            int cut = findStop();
            if (cut >= 0) {
                pending.setLength(cut);
            }
        }
        int certain = stoppedBy == null ? pending.length() - heldBack() : pending.length();
        String text = pending.substring(0, certain);
        pending.delete(0, certain);
        return text;
    }

    /** Looks for the stop string that begins first. Returns where the text is to be cut, or -1. */
    private int findStop() {
        int first = Integer.MAX_VALUE;
        for (String stop : stopStrings) {
            int at = pending.indexOf(stop);
            if (at >= 0 && at < first) {
                first = at;
                stoppedBy = stop;
            }
        }
        if (stoppedBy == null) {
            return -1;
        }
        return includeStop ? first + stoppedBy.length() : first;
    }

    /** How many characters at the end could be the beginning of a stop string. */
    private int heldBack() {
        int most = 0;
        for (String stop : stopStrings) {
            for (int length = Math.min(stop.length() - 1, pending.length()); length > most; length--) {
                if (endsWithPrefix(stop, length)) {
                    most = length;
                }
            }
        }
        return most;
    }

    private boolean endsWithPrefix(String stop, int length) {
        int from = pending.length() - length;
        for (int i = 0; i < length; i++) {
            if (pending.charAt(from + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
