package dev.tokamak.grammars.automaton;

import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.spi.grammar.GrammarState;
import java.util.Arrays;

/**
 * A sequence's place in a grammar. It keeps all tokens, and the configurations before the last of them, so that the
 * usual rollback is a look-up and a longer one walks again from the start.
 */
final class AutomatonState implements GrammarState {
    private static final int RECENT = 64;
    private static final int MAX_FORCED = 256;

    private final TokenIndex vocabulary;
    private final Automaton automaton;
    private final Configuration[] recent;
    private int[] tokens;
    private int accepted;
    private int firstRecent;
    private Configuration now;

    AutomatonState(AutomatonGrammar grammar) {
        this.vocabulary = grammar.tokens();
        this.automaton = grammar.automaton();
        this.recent = new Configuration[RECENT];
        this.tokens = new int[16];
        this.now = automaton.start();
    }

    private AutomatonState(AutomatonState other) {
        this.vocabulary = other.vocabulary;
        this.automaton = other.automaton;
        this.recent = other.recent.clone();
        this.tokens = other.tokens.clone();
        this.accepted = other.accepted;
        this.firstRecent = other.firstRecent;
        this.now = other.now;
    }

    @Override
    public boolean accept(int token) {
        Configuration next = after(token);
        if (next == Configuration.DEAD) {
            return false;
        }
        if (accepted == tokens.length) {
            tokens = Arrays.copyOf(tokens, accepted * 2);
        }
        tokens[accepted] = token;
        recent[accepted % RECENT] = now;
        accepted++;
        firstRecent = Math.max(firstRecent, accepted - RECENT);
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
        ConfigurationMask mask = now.mask;
        boolean mayEnd = now.accepting || mask != null && mask.stuck();
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
    public void rollback(int count) {
        if (count < 0 || count > accepted) {
            throw new IllegalArgumentException("Cannot take back " + count + " tokens; " + accepted + " were accepted");
        }
        if (count == 0) {
            return;
        }
        accepted -= count;
        if (accepted >= firstRecent) {
            now = recent[accepted % RECENT];
        } else {
            now = automaton.start();
            for (int i = 0; i < accepted; i++) {
                now = after(tokens[i]);
            }
            firstRecent = accepted;
        }
    }

    @Override
    public GrammarState fork() {
        return new AutomatonState(this);
    }

    @Override
    public boolean terminated() {
        return now.exhausted();
    }

    @Override
    public byte[] forcedBytes() {
        byte[] forced = new byte[16];
        int count = 0;
        Configuration at = now;
        int only = automaton.onlyByte(at);
        while (only >= 0 && count < MAX_FORCED) {
            if (count == forced.length) {
                forced = Arrays.copyOf(forced, count * 2);
            }
            forced[count++] = (byte) only;
            at = automaton.step(at, (byte) only);
            only = automaton.onlyByte(at);
        }
        return Arrays.copyOf(forced, count);
    }
}
