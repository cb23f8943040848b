package dev.tokamak.spi.scheduler;

import dev.tokamak.api.Incubating;

/**
 * Makes schedulers.
 *
 * @since 0.1
 */
@Incubating
public interface SchedulerProvider {
    /**
     * The name by which a configuration chooses this scheduler.
     *
     * @return lower case
     */
    String name();

    /**
     * Makes a scheduler.
     *
     * @param context limits and parts to work with
     * @return a new scheduler, used by one engine thread
     */
    Scheduler create(SchedulerContext context);
}
