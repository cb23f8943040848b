/** Logits adjusters: a request's own influence on which tokens can be drawn, without ever seeing logits. */
package dev.tokamak.spi.sampling;
