package dev.tokamak.libtorch.kernels;

import dev.tokamak.api.Incubating;

/**
 * Makes kernels for a CUDA device.
 *
 * @since 0.1
 */
@Incubating
public interface KernelProvider {
    /**
     * The provider's name, for logs.
     *
     * @return lower case
     */
    String name();

    /**
     * Whether the kernels can run a model on a device.
     *
     * @param shape of the model and of the device
     * @return true if {@link #create} will work
     */
    boolean supports(KernelShape shape);

    /**
     * Makes the kernels, compiled and loaded for the device.
     *
     * @param shape of the model and of the device
     * @param stream the {@code cudaStream_t} to launch on, as an address
     * @return new kernels, owned by the caller and used by one thread
     */
    Kernels create(KernelShape shape, long stream);
}
