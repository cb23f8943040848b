/** Grammars that a request writes as text. */
package dev.tokamak.grammars.notations;
