package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;

/**
 * Is told how far loading has come.
 *
 * @since 0.1
 */
@Incubating
@FunctionalInterface
public interface LoadProgress {
    /**
     * Some more has been done.
     *
     * @param what what is being done, such as {@code weights}
     * @param fraction from 0 to 1
     */
    void update(String what, double fraction);
}
