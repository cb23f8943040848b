package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import dev.tokamak.tck.SchedulingPolicyContract;

class FcfsPolicyContractTest extends SchedulingPolicyContract {
    @Override
    protected SchedulingPolicyProvider provider() {
        return new FcfsPolicyProvider();
    }
}
