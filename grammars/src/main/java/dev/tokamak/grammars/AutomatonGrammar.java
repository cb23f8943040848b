package dev.tokamak.grammars;

import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarState;

/** A compiled grammar: an automaton that all its sequences build together, over one vocabulary. */
final class AutomatonGrammar implements CompiledGrammar {
    private final TokenIndex tokens;
    private final Automaton automaton;

    AutomatonGrammar(TokenIndex tokens, Automaton automaton) {
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
    long bytes() {
        return automaton.bytes();
    }

    @Override
    public GrammarState newState() {
        return new AutomatonState(this);
    }
}
