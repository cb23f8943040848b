package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.SchedulerProvider;
import dev.tokamak.tck.SchedulerContract;

class TokenBudgetSchedulerContractTest extends SchedulerContract {
    @Override
    protected SchedulerProvider provider() {
        return new TokenBudgetSchedulerProvider();
    }
}
