package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.SchedulerContext;
import dev.tokamak.spi.scheduler.SchedulerProvider;

/** The scheduler that comes with the engine: {@code default}. */
public final class TokenBudgetSchedulerProvider implements SchedulerProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TokenBudgetSchedulerProvider() {}

    @Override
    public String name() {
        return "default";
    }

    @Override
    public Scheduler create(SchedulerContext context) {
        return new TokenBudgetScheduler(context);
    }
}
