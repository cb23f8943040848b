package org.example.policy;

import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import dev.tokamak.tck.SchedulingPolicyContract;

class ShortestPromptFirstTest extends SchedulingPolicyContract {
    @Override
    protected SchedulingPolicyProvider provider() {
        return new ShortestPromptFirstProvider();
    }
}
