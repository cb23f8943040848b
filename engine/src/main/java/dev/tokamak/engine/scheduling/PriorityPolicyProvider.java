package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The lowest priority number first, then as {@link FcfsPolicyProvider fcfs}: {@code priority}. */
public final class PriorityPolicyProvider implements SchedulingPolicyProvider {
    /** For {@link java.util.ServiceLoader}. */
    public PriorityPolicyProvider() {}

    @Override
    public String name() {
        return "priority";
    }

    @Override
    public Optional<Set<String>> options() {
        return Optional.of(Set.of());
    }

    @Override
    public SchedulingPolicy create(Map<String, String> options) {
        return (a, b) -> {
            int byPriority = Integer.compare(a.priority(), b.priority());
            return byPriority != 0 ? byPriority : Long.compare(a.turn(), b.turn());
        };
    }
}
