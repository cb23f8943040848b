/** CUDA C++ kernels for {@code backend-libtorch}, compiled for the card at hand. */
package dev.tokamak.cuda;
