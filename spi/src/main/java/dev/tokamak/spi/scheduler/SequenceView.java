package dev.tokamak.spi.scheduler;

import dev.tokamak.api.Stable;

/**
 * A sequence as a policy sees it. Valid on the engine thread, during the call that handed it over.
 *
 * @since 0.1
 */
@Stable
public interface SequenceView {
    /**
     * The sequence's id.
     *
     * @return unique in the engine, growing
     */
    long id();

    /**
     * The place in the order of arrival.
     *
     * @return growing; the completions of one request follow each other
     */
    long arrival();

    /**
     * The place in the line of those that wait. What was submitted together takes turns with other submissions: one sequence of it
     * stands in line, and when that has got a slot, the next one joins at the end. A policy that compares by turns is fair to
     * callers of few sequences; one that compares by {@link #arrival()} serves a large submission whole.
     *
     * @return growing; for a submission of a single sequence, in the order of arrival
     * @since 0.2
     */
    default long turn() {
        return arrival();
    }

    /**
     * When the request was submitted.
     *
     * @return in nanoseconds, as {@link System#nanoTime()} gives them
     */
    long arrivalNanos();

    /**
     * The request's priority.
     *
     * @return lower goes first
     */
    int priority();

    /**
     * The prompt's length.
     *
     * @return in tokens
     */
    int promptTokens();

    /**
     * How many tokens were generated.
     *
     * @return those in flight not counted
     */
    int generatedTokens();

    /**
     * For how many tokens keys and values are in the cache or will be when the steps in flight have ended.
     *
     * @return in tokens
     */
    int computedTokens();
}
