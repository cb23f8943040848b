package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * First come, first served, where the sequences of one submission take turns with those of others: {@code fcfs}. The latest turn gives
 * up its blocks first.
 */
public final class FcfsPolicyProvider implements SchedulingPolicyProvider {
    /** For {@link java.util.ServiceLoader}. */
    public FcfsPolicyProvider() {}

    @Override
    public String name() {
        return "fcfs";
    }

    @Override
    public Optional<Set<String>> options() {
        return Optional.of(Set.of());
    }

    @Override
    public SchedulingPolicy create(Map<String, String> options) {
        return (a, b) -> Long.compare(a.turn(), b.turn());
    }
}
