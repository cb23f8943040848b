/** The executors: loading, memory, warming up, steps under way. */
package dev.tokamak.libtorch.executor;
