/** Regular expressions, and automata over characters that stand for them. */
package dev.tokamak.grammars.regex;
