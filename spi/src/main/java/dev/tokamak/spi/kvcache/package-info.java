/** KV cache managers: who owns which block of the paged KV cache, and which prefixes are shared. */
package dev.tokamak.spi.kvcache;
