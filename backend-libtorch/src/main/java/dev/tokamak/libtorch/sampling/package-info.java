/** From logits to tokens. */
package dev.tokamak.libtorch.sampling;
