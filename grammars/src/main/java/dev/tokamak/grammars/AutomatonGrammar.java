package dev.tokamak.grammars;

import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarState;

/** A compiled grammar: an automaton that all its sequences build together, over one vocabulary. */
final class AutomatonGrammar implements CompiledGrammar {
    private final TokenTrie trie;
    private final Automaton automaton;

    AutomatonGrammar(TokenTrie trie, Automaton automaton) {
        this.trie = trie;
        this.automaton = automaton;
    }

    TokenTrie trie() {
        return trie;
    }

    Automaton automaton() {
        return automaton;
    }

    @Override
    public GrammarState newState() {
        return new AutomatonState(this);
    }
}
