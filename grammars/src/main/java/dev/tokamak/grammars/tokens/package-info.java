/** A vocabulary as the automaton walks it. */
package dev.tokamak.grammars.tokens;
