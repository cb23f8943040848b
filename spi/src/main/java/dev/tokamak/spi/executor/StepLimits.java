package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;

/**
 * How large a step may become.
 *
 * @param maxNumSeqs sequences that run at once
 * @param maxNumBatchedTokens tokens that a step computes
 * @since 0.1
 */
@Incubating
public record StepLimits(int maxNumSeqs, int maxNumBatchedTokens) {
    /** Refuses what no step could work with. */
    public StepLimits {
        if (maxNumSeqs < 1 || maxNumBatchedTokens < 1) {
            throw new IllegalArgumentException(
                    "expected at least one sequence and one token, got " + maxNumSeqs + " and " + maxNumBatchedTokens);
        }
    }
}
