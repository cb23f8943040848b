package org.example.policy;

import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.SequenceView;

/**
 * Admits short prompts first. A sequence's rank is its prompt's length plus a handicap for having come late, so two sequences never
 * change places while they wait, and none waits for ever.
 */
final class ShortestPromptFirst implements SchedulingPolicy {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long nanosPerToken;

    /**
     * A policy.
     *
     * @param rate how many tokens shorter a prompt counts for each second that it came earlier
     */
    ShortestPromptFirst(double rate) {
        this.nanosPerToken = Math.round(NANOS_PER_SECOND / rate);
    }

    @Override
    public int compare(SequenceView a, SequenceView b) {
        // Times of System.nanoTime() mean something only as a difference. Whole numbers keep the order exact.
        long cameLaterNanos = a.arrivalNanos() - b.arrivalNanos();
        long longerNanos = (a.promptTokens() - b.promptTokens()) * nanosPerToken;
        return Long.compare(longerNanos + cameLaterNanos, 0);
    }
}
