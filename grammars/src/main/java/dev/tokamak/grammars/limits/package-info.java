/** What a compilation may cost, and what counts it. */
package dev.tokamak.grammars.limits;
