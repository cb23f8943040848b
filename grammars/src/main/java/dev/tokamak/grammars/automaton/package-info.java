/** Compiled grammars while they run: states, stacks and the masks that they allow. */
package dev.tokamak.grammars.automaton;
