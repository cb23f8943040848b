/** Structured output: grammars compiled to token masks. */
package dev.tokamak.spi.grammar;
