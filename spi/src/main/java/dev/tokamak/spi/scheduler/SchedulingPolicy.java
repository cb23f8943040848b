package dev.tokamak.spi.scheduler;

import dev.tokamak.api.Stable;

/**
 * Orders sequences. Called on the engine thread only, many times a step: it must not block and should not allocate.
 *
 * @since 0.1
 */
@Stable
public interface SchedulingPolicy {
    /**
     * Which of two waiting sequences is admitted first. Must be a total order that does not change while a sequence waits,
     * apart from its number of computed tokens.
     *
     * @param a a waiting sequence
     * @param b another one
     * @return negative if {@code a} goes first, positive if {@code b} does; 0 leaves it to the order of arrival
     */
    int compare(SequenceView a, SequenceView b);

    /**
     * Which of two running sequences gives up its blocks first when memory runs out. The default takes the one that
     * {@link #compare} would admit last.
     *
     * @param a a running sequence
     * @param b another one
     * @return negative if {@code a} is the better victim; 0 takes the latest arrival
     */
    default int compareVictims(SequenceView a, SequenceView b) {
        return compare(b, a);
    }

    /**
     * How many tokens of a sequence are computed in this step. The default takes what fits.
     *
     * @param sequence running or about to be
     * @param wanted how many of its known tokens are not computed yet, at least 1
     * @param budget how many tokens the step has left, at least 1
     * @return from 0 (not in this step) to {@code min(wanted, budget)}; what is outside is cut to that
     */
    default int tokens(SequenceView sequence, int wanted, int budget) {
        return Math.min(wanted, budget);
    }
}
