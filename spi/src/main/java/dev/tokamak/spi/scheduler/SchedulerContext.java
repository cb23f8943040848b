package dev.tokamak.spi.scheduler;

import dev.tokamak.api.Incubating;
import dev.tokamak.spi.kvcache.KvCacheManager;

/**
 * What a scheduler works with.
 *
 * @param policy orders sequences
 * @param kvCache hands out blocks
 * @param maxNumSeqs slots
 * @param maxNumBatchedTokens tokens in a step
 * @param maxModelLen tokens in a sequence
 * @param blockSize tokens in a block
 * @param stepsInFlight how many steps may be under way
 * @param promptMayBeCut whether a prompt may be computed in several rows; else it comes whole, and none is longer than a step
 * @param maxDrafts how many drafts a row may carry
 * @since 0.1
 */
@Incubating
public record SchedulerContext(
        SchedulingPolicy policy,
        KvCacheManager kvCache,
        int maxNumSeqs,
        int maxNumBatchedTokens,
        int maxModelLen,
        int blockSize,
        int stepsInFlight,
        boolean promptMayBeCut,
        int maxDrafts) {}
