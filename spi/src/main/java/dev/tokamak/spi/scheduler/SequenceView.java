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
