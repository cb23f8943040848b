/** What is particular to processors: packed weights, threads, memory. */
package dev.tokamak.libtorch.cpu;
