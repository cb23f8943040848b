package dev.tokamak.libtorch.spi;

import dev.tokamak.api.Incubating;
import java.util.Optional;
import org.bytedeco.pytorch.Device;

/**
 * Brings operators that are faster on some device than those of libtorch. Found by {@link java.util.ServiceLoader}; the first
 * that has operators for the device is taken.
 *
 * @since 0.1
 */
@Incubating
public interface KernelProvider {
    /**
     * The name that logs and errors use.
     *
     * @return lower case
     */
    String name();

    /**
     * Operators for a device. Called once, on the tensor thread, before weights are loaded.
     *
     * @param device where the model runs
     * @param fallback for what the kernels leave out; closed by whoever made it
     * @return operators, closed by the executor, or empty if this provider has none for the device
     */
    Optional<Operators> operators(Device device, Operators fallback);
}
