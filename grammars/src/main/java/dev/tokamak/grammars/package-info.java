/** Structured output: schemas, expressions and grammars as byte-level automata over a tokenizer's vocabulary. */
package dev.tokamak.grammars;
