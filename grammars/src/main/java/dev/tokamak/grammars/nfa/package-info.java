/** An expression as a pushdown automaton over bytes. */
package dev.tokamak.grammars.nfa;
