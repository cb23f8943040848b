package dev.tokamak.grammars.automaton;

import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarState;

/** A compiled grammar: an automaton that all its sequences build together, over one vocabulary. */
public final class AutomatonGrammar implements CompiledGrammar {
    private final TokenIndex tokens;
    private final Automaton automaton;

    public AutomatonGrammar(TokenIndex tokens, Automaton automaton) {
        this.tokens = tokens;
        this.automaton = automaton;
    }

    TokenIndex tokens() {
        return tokens;
    }

    Automaton automaton() {
        return automaton;
    }

    /** About how much memory the grammar takes. */
    public long bytes() {
        return automaton.bytes();
    }

    @Override
    public GrammarState newState() {
        return new AutomatonState(this);
    }
}
