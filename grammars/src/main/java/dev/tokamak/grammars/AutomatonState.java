package dev.tokamak.grammars;

import dev.tokamak.spi.grammar.GrammarState;
import java.util.Arrays;

/** A sequence's place in a grammar: the configuration after each accepted token. */
final class AutomatonState implements GrammarState {
    private static final int MAX_FORCED = 256;

    private final AutomatonGrammar grammar;
    private final TokenIndex vocabulary;
    private final Automaton automaton;
    private Configuration[] history;
    private int accepted;
    private Configuration now;

    AutomatonState(AutomatonGrammar grammar) {
        this(grammar, new Configuration[16], 0, grammar.automaton().start());
    }

    private AutomatonState(AutomatonGrammar grammar, Configuration[] history, int accepted, Configuration now) {
        this.grammar = grammar;
        this.vocabulary = grammar.tokens();
        this.automaton = grammar.automaton();
        this.history = history;
        this.accepted = accepted;
        this.now = now;
    }

    @Override
    public boolean accept(int token) {
        Configuration next = after(token);
        if (next == Configuration.DEAD) {
            return false;
        }
        if (accepted == history.length) {
            history = Arrays.copyOf(history, accepted * 2);
        }
        history[accepted++] = now;
        now = next;
        return true;
    }

    private Configuration after(int token) {
        if (now == Configuration.ENDED) {
            return Configuration.DEAD;
        }
        if (vocabulary.isOrdinary(token)) {
            Configuration next = now;
            for (byte b : vocabulary.bytes(token)) {
                next = automaton.step(next, b);
            }
            return next;
        }
        for (Frame frame : now.frames) {
            if (Arrays.binarySearch(frame.tokens, token) >= 0) {
                return automaton.stepToken(now, token);
            }
        }
        boolean mayEnd = now.accepting || now.mask != null && now.mask.stuck();
        return mayEnd && vocabulary.isEnd(token) ? Configuration.ENDED : Configuration.DEAD;
    }

    @Override
    public boolean fillMask(int[] words, int offset) {
        ConfigurationMask mask = now.mask;
        if (mask == null) {
            mask = new MaskBuilder(vocabulary, automaton).mask(now);
        }
        mask.fill(words, offset, vocabulary.maskWords());
        return true;
    }

    @Override
    public void rollback(int tokens) {
        if (tokens < 0 || tokens > accepted) {
            throw new IllegalArgumentException("Cannot take back " + tokens + " tokens; " + accepted + " were accepted");
        }
        if (tokens > 0) {
            int back = accepted - tokens;
            now = history[back];
            Arrays.fill(history, back, accepted, null);
            accepted = back;
        }
    }

    @Override
    public GrammarState fork() {
        return new AutomatonState(grammar, history.clone(), accepted, now);
    }

    @Override
    public boolean terminated() {
        return now.exhausted();
    }

    /**
     * Tokens whose mask had no other token. No other tokenisation of the same text is possible then, so taking them at once
     * gives what sampling them one by one would have given.
     */
    @Override
    public int[] forcedTokens() {
        int[] forced = new int[8];
        int count = 0;
        int[] words = new int[vocabulary.maskWords()];
        Configuration before = now;
        while (count < MAX_FORCED && !now.exhausted()) {
            fillMask(words, 0);
            int token = only(words);
            if (token < 0) {
                break;
            }
            if (count == forced.length) {
                forced = Arrays.copyOf(forced, count * 2);
            }
            forced[count++] = token;
            now = after(token);
        }
        now = before;
        return Arrays.copyOf(forced, count);
    }

    /** The only token of a mask, or -1. */
    private static int only(int[] words) {
        int token = -1;
        for (int i = 0; i < words.length; i++) {
            if (words[i] == 0) {
                continue;
            }
            if (token >= 0 || Integer.bitCount(words[i]) > 1) {
                return -1;
            }
            token = i * 32 + Integer.numberOfTrailingZeros(words[i]);
        }
        return token;
    }
}
