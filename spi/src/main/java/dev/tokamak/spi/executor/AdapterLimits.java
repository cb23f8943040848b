package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;

/**
 * Which adapters an executor takes.
 *
 * @param adapters how many may be prepared at once; 0 for none
 * @param rank the largest
 * @since 0.2
 */
@Incubating
public record AdapterLimits(int adapters, int rank) {
    /** No adapter at all. */
    public static final AdapterLimits NONE = new AdapterLimits(0, 0);

    /** Refuses negative numbers. */
    public AdapterLimits {
        if (adapters < 0 || rank < 0) {
            throw new IllegalArgumentException(
                    "adapter limits must not be negative, got " + adapters + " adapters of rank " + rank);
        }
    }
}
