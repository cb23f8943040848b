/** Reasoning parsers: which part of a completion is thinking. */
package dev.tokamak.spi.reasoning;
