package dev.tokamak.spi.scheduler;

import dev.tokamak.api.Stable;
import java.util.Map;

/**
 * Makes scheduling policies, such as {@code fcfs} and {@code priority}.
 *
 * @since 0.1
 */
@Stable
public interface SchedulingPolicyProvider {
    /**
     * The name by which {@code --scheduling-policy} chooses this policy.
     *
     * @return lower case
     */
    String name();

    /**
     * Makes a policy.
     *
     * @param options the configuration's options that begin with this provider's name and a dot, without that prefix
     * @return a new policy, used by one engine thread
     */
    SchedulingPolicy create(Map<String, String> options);
}
