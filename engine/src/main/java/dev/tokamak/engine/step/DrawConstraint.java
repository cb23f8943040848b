package dev.tokamak.engine.step;

import dev.tokamak.spi.grammar.GrammarState;
import dev.tokamak.spi.sampling.LogitsAdjuster;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.Arrays;
import java.util.List;

/**
 * What one sequence may draw next: a grammar, logits adjusters, or both. The engine thread tells it tokens; masks are filled by
 * one thread at a time, handed over by {@link MaskFiller}.
 */
public final class DrawConstraint {
    private static final int[] NONE = {};

    private final GrammarState grammar;
    private final List<LogitsAdjuster> adjusters;
    private final int[] startTokens;
    private final ForcedText forcedText;

    /** The sequence's length behind which the grammar holds, or -1 while it does not. */
    private int grammarFrom;

    /** How many of the sequence's tokens the grammar has taken. */
    private int accepted;

    /** Set by the thread that fills the mask, read by the engine thread afterwards. */
    private String violation;

    /** What follows the only token of the mask, set and read likewise. */
    private int[] forced = NONE;

    /**
     * A constraint.
     *
     * @param grammar at its beginning, or null
     * @param adjusters possibly none
     * @param startTokens any one of them makes the grammar hold from the next token on; if there are none, it holds from the start
     * @param promptTokens the prompt's length
     * @param forcedText to take text that the grammar leaves no choice about without drawing it, or null to draw all tokens
     */
    public DrawConstraint(
            GrammarState grammar,
            List<LogitsAdjuster> adjusters,
            int[] startTokens,
            int promptTokens,
            ForcedText forcedText) {
        this.grammar = grammar;
        this.adjusters = adjusters;
        this.startTokens = startTokens;
        this.forcedText = forcedText;
        this.grammarFrom = startTokens.length == 0 ? promptTokens : -1;
        this.accepted = promptTokens;
    }

    /** Whether the next token must be drawn under a mask. */
    public boolean holds() {
        return !adjusters.isEmpty() || (grammar != null && grammarFrom >= 0);
    }

    /** Engine thread: the sequence has a new token. */
    void told(Sequence sequence, int token) {
        if (grammar != null && grammarFrom < 0) {
            for (int start : startTokens) {
                if (start == token) {
                    grammarFrom = sequence.length();
                    accepted = grammarFrom;
                }
            }
        }
    }

    /** Fills the mask of the sequence's next token. */
    void fill(Sequence sequence, int[] words, int offset, int length) {
        forced = NONE;
        try {
            if (!fillFromGrammar(sequence, words, offset, length)) {
                Arrays.fill(words, offset, offset + length, -1);
            }
            for (LogitsAdjuster adjuster : adjusters) {
                adjuster.adjust(sequence.tokens(), sequence.length(), sequence.promptTokens(), words, offset);
            }
        } catch (RuntimeException e) {
            violation = "the mask could not be made: " + e;
            Arrays.fill(words, offset, offset + length, -1);
        }
    }

    private boolean fillFromGrammar(Sequence sequence, int[] words, int offset, int length) {
        if (grammar == null || grammarFrom < 0) {
            return false;
        }
        while (accepted < sequence.length()) {
            int token = sequence.tokens()[accepted];
            if (!grammar.accept(token)) {
                violation = "token " + token + " was drawn although the grammar does not allow it";
                return false;
            }
            accepted++;
        }
        return forcedText != null && fillForced(words, offset, length) || grammar.fillMask(words, offset);
    }

    /** Allows the first of several tokens that write what the grammar wants next, and keeps the others. */
    private boolean fillForced(int[] words, int offset, int length) {
        int[] tokens = forcedText.tokens(grammar.forcedBytes());
        int count = 0;
        while (count < tokens.length && grammar.accept(tokens[count])) {
            count++;
        }
        grammar.rollback(count);
        if (count < 2) {
            return false;
        }
        Arrays.fill(words, offset, offset + length, 0);
        words[offset + (tokens[0] >>> 5)] |= 1 << tokens[0];
        forced = Arrays.copyOfRange(tokens, 1, count);
        return true;
    }

    /** The tokens that must follow the one that the last {@link #fill} allows; mostly none. */
    int[] forced() {
        return forced;
    }

    /** What went wrong in the last {@link #fill}, or null. */
    String violation() {
        return violation;
    }
}
