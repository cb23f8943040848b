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
    private final GrammarState grammar;
    private final List<LogitsAdjuster> adjusters;
    private final int[] startTokens;

    /** The sequence's length behind which the grammar holds, or -1 while it does not. */
    private int grammarFrom;

    /** How many of the sequence's tokens the grammar has taken. */
    private int accepted;

    /** Set by the thread that fills the mask, read by the engine thread afterwards. */
    private String violation;

    /**
     * A constraint.
     *
     * @param grammar at its beginning, or null
     * @param adjusters possibly none
     * @param startTokens any one of them makes the grammar hold from the next token on; if there are none, it holds from the start
     * @param promptTokens the prompt's length
     */
    public DrawConstraint(GrammarState grammar, List<LogitsAdjuster> adjusters, int[] startTokens, int promptTokens) {
        this.grammar = grammar;
        this.adjusters = adjusters;
        this.startTokens = startTokens;
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
        try {
            if (!fillFromGrammar(sequence, words, offset)) {
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

    private boolean fillFromGrammar(Sequence sequence, int[] words, int offset) {
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
        return grammar.fillMask(words, offset);
    }

    /** What went wrong in the last {@link #fill}, or null. */
    String violation() {
        return violation;
    }
}
