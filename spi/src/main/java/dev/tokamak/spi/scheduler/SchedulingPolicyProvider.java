package dev.tokamak.spi.scheduler;

import dev.tokamak.api.Stable;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
     * The options that {@link #create} reads, without the prefix of this provider's name. Others with that prefix are refused at the start.
     *
     * @return empty if it does not say, so that any is handed over; the default
     * @since 0.2
     */
    default Optional<Set<String>> options() {
        return Optional.empty();
    }

    /**
     * Makes a policy.
     *
     * @param options the configuration's options that begin with this provider's name and a dot, without that prefix
     * @return a new policy, used by one engine thread
     */
    SchedulingPolicy create(Map<String, String> options);
}
