/**
 * The seam between this executor and kernels that make it fast on one kind of device. A jar with a
 * {@link dev.tokamak.libtorch.kernels.KernelProvider} on the class path is picked up by
 * {@link java.util.ServiceLoader}; without one, the executor does everything with libtorch's own operators.
 */
package dev.tokamak.libtorch.kernels;
