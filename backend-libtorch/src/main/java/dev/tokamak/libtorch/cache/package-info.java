/** The memory of the KV cache. */
package dev.tokamak.libtorch.cache;
