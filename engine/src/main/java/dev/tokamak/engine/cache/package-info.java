/**
 * The paged KV cache's book-keeping: which sequence owns which block, which prefixes are shared, and the keys by which they
 * are found. Memory belongs to the executor.
 */
package dev.tokamak.engine.cache;
