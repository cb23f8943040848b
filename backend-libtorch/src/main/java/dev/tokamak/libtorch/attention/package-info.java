/** Attention over the paged cache. */
package dev.tokamak.libtorch.attention;
