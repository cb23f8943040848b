/** What is particular to CUDA devices: contexts, streams, graphs, buffers. */
package dev.tokamak.libtorch.cuda;
