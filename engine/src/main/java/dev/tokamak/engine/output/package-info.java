/**
 * From tokens to what a caller reads: detokenising, stop strings, and collectors that merge what a slow reader has not read.
 * All of it happens on the output thread.
 */
package dev.tokamak.engine.output;
