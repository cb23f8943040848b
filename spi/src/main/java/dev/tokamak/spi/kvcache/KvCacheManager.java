package dev.tokamak.spi.kvcache;

import dev.tokamak.api.Incubating;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.scheduler.Sequence;

/**
 * Owns the ids of KV blocks; the executor owns their memory. Called on the engine thread only; allocates nothing in the
 * steady state.
 *
 * <p>Each {@link dev.tokamak.spi.executor.KvGroup} that takes blocks has a block table of its own for each sequence, filled from one
 * pool. A group with a window needs only the blocks that the next tokens see. A group with a state takes none, since its memory comes
 * with the slot; where there is one, no prefix is shared. A model without groups that take blocks fits whatever its length, and
 * all numbers here are 0.
 *
 * @since 0.1
 */
@Incubating
public interface KvCacheManager {
    /**
     * Gives a sequence without blocks the blocks of its longest cached prefix, so that they cannot be evicted. At least
     * one token is always left to compute.
     *
     * @param sequence without blocks
     * @return how many tokens the blocks hold, a multiple of the block size
     */
    int attachCachedPrefix(Sequence sequence);

    /**
     * Makes room for a sequence's first tokens.
     *
     * @param sequence that is to grow
     * @param tokens how many tokens its blocks must hold
     * @return false if too few blocks are free; nothing is changed then
     */
    boolean ensure(Sequence sequence, int tokens);

    /**
     * Adds the blocks of each group that a sequence got since the last call, or all of them if its slot is new, to the plan's last row.
     *
     * @param sequence of the plan's last row
     * @param plan whose last row is the sequence's
     * @param all whether the slot is new
     */
    void writeBlocks(Sequence sequence, StepPlan plan, boolean all);

    /**
     * Tells that the step that computed a sequence's tokens has succeeded and that they are confirmed: full blocks among them can
     * be shared from now on, and blocks behind every window are given back.
     *
     * @param sequence with blocks
     * @param tokens how many of its first tokens are computed and confirmed
     */
    void commit(Sequence sequence, int tokens);

    /**
     * Gives back all blocks of a sequence. Cached ones stay until they are needed, the least recently used going first.
     *
     * @param sequence with or without blocks
     */
    void release(Sequence sequence);

    /**
     * Whether a sequence could ever fit, alone.
     *
     * @param tokens prompt and completion together
     * @return false if all blocks together are too few
     */
    boolean couldFit(int tokens);

    /**
     * How many blocks there are.
     *
     * @return as created
     */
    int totalBlocks();

    /**
     * How many blocks no running sequence holds.
     *
     * @return cached ones that can be evicted included
     */
    int freeBlocks();

    /** Forgets all cached prefixes that no running sequence holds. */
    void resetPrefixCache();

    /**
     * How many tokens were looked up in the prefix cache.
     *
     * @return since the start
     */
    long prefixQueries();

    /**
     * How many tokens were found in the prefix cache.
     *
     * @return since the start
     */
    long prefixHits();
}
