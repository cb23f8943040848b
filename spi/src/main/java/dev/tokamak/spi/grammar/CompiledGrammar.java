package dev.tokamak.spi.grammar;

import dev.tokamak.api.Incubating;

/**
 * A compiled grammar. Immutable, thread-safe, shared by any number of sequences.
 *
 * @since 0.1
 */
@Incubating
public interface CompiledGrammar {
    /**
     * A state at the grammar's beginning.
     *
     * @return a new state, used by one thread at a time
     */
    GrammarState newState();
}
