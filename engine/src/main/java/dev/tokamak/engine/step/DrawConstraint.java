package dev.tokamak.engine.step;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.grammar.GrammarState;
import dev.tokamak.spi.sampling.LogitsAdjuster;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one sequence may draw next: a grammar, logits adjusters, or both. The engine thread tells it tokens; masks are filled by
 * one thread at a time, handed over by {@link MaskFiller}.
 */
public final class DrawConstraint {
    private static final System.Logger LOG = System.getLogger(DrawConstraint.class.getName());
    private static final int[] NONE = {};

    private final GrammarState grammar;
    private final List<LogitsAdjuster> adjusters;
    private final int[] startTokens;
    private final ForcedText forcedText;
    private final int[] grammarEnds;
    private final TokenLimits limits;

    /** The sequence's length behind which the grammar holds, or -1 while it does not. */
    private int grammarFrom;

    /** How many of the sequence's tokens the grammar has taken. */
    private int accepted;

    /** Set by the thread that fills the mask, read by the engine thread afterwards. */
    private TokamakException violation;

    /** Whether the last mask would allow nothing because the grammar is at its end; set and read likewise. */
    private boolean complete;

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
     * @param grammarEnds the tokens by which a grammar says where it may end
     * @param limits of the request's other fields
     */
    public DrawConstraint(
            GrammarState grammar,
            List<LogitsAdjuster> adjusters,
            int[] startTokens,
            int promptTokens,
            ForcedText forcedText,
            int[] grammarEnds,
            TokenLimits limits) {
        this.grammar = grammar;
        this.adjusters = adjusters;
        this.startTokens = startTokens;
        this.forcedText = forcedText;
        this.grammarEnds = grammarEnds;
        this.limits = limits;
        this.grammarFrom = startTokens.length == 0 ? promptTokens : -1;
        this.accepted = promptTokens;
    }

    /** Whether the next token must be drawn under a mask. */
    public boolean holds() {
        return !adjusters.isEmpty() || grammarHolds();
    }

    private boolean grammarHolds() {
        return grammar != null && grammarFrom >= 0;
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

    /** Fills the mask of the sequence's next token, with all bits if there is none to be drawn. */
    void fill(Sequence sequence, int[] words, int offset, int length) {
        forced = NONE;
        violation = null;
        complete = false;
        try {
            fillFromGrammar(sequence, words, offset, length);
            for (LogitsAdjuster adjuster : adjusters) {
                adjuster.adjust(sequence.tokens(), sequence.length(), sequence.promptTokens(), words, offset);
            }
            limits.apply(sequence, words, offset);
            if (limits.isEmpty(words, offset)) {
                nothingLeft(sequence, length);
            }
        } catch (TokamakException e) {
            violation = e;
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a mask could not be made", e);
            violation = new TokamakException(
                    ErrorCode.STEP_FAILED, "the mask of the next token could not be made; see the server's log", e);
        }
        if (complete || violation != null) {
            Arrays.fill(words, offset, offset + length, -1);
        }
    }

    /** Either the grammar has come to where it may end, or what holds for the request contradicts itself. */
    private void nothingLeft(Sequence sequence, int length) {
        List<String> others = new ArrayList<>();
        int[] mask = new int[length];
        fillFromGrammar(sequence, mask, 0, length);
        if (grammarHolds()) {
            complete = grammar.terminated() || allowsEnd(mask);
            others.add("response_format");
        }
        if (!complete) {
            for (LogitsAdjuster adjuster : adjusters) {
                adjuster.adjust(sequence.tokens(), sequence.length(), sequence.promptTokens(), mask, 0);
            }
            others.addAll(sequence.params().extra().keySet());
            throw limits.contradiction(sequence, others, mask);
        }
    }

    private boolean allowsEnd(int[] mask) {
        for (int token : grammarEnds) {
            if (token >= 0 && token >>> 5 < mask.length && (mask[token >>> 5] & 1 << token) != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Refuses a request for whose first token nothing is left. Called before the sequence is submitted.
     *
     * @param sequence that has only its prompt
     * @throws TokamakException if what holds for the request contradicts itself
     */
    public void check(Sequence sequence) {
        int[] mask = new int[limits.words()];
        fill(sequence, mask, 0, mask.length);
        if (violation != null) {
            throw violation;
        }
    }

    private void fillFromGrammar(Sequence sequence, int[] words, int offset, int length) {
        boolean effective = false;
        if (grammarHolds()) {
            while (accepted < sequence.length()) {
                int token = sequence.tokens()[accepted];
                if (!grammar.accept(token)) {
                    throw new TokamakException(
                            ErrorCode.STEP_FAILED,
                            "token " + token + " was drawn although the grammar does not allow it");
                }
                accepted++;
            }
            effective = forcedText != null && fillForced(words, offset, length) || grammar.fillMask(words, offset);
        }
        if (!effective) {
            Arrays.fill(words, offset, offset + length, -1);
        }
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
    TokamakException violation() {
        return violation;
    }

    /** Whether the grammar is at its end, and no token can be drawn that says so. */
    boolean complete() {
        return complete;
    }
}
