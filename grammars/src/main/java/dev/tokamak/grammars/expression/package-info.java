/** What every notation is read into: an expression over characters, rules and special tokens. */
package dev.tokamak.grammars.expression;
