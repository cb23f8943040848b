package dev.tokamak.engine.cache;

import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Paged KV blocks with shared prefixes, after "Efficient Memory Management for Large Language Model Serving with
 * PagedAttention" (Kwon et al., SOSP 2023).
 *
 * <p><b>Implementation notes.</b> All groups that take blocks draw from one pool; a model without such a group needs none. A block of a full-attention group is held until its sequence
 * ends; one of a sliding-window group is given back as soon as no later token can see it. A prefix is found by the
 * chained keys that the sequence brings along: the longest run that every full-attention group has whole and every
 * sliding-window group has for one window's length before its end. Blocks enter the index in {@link #commit} only, so nothing
 * that a failed or unconfirmed step wrote is ever shared. If two sequences compute the same block at the same time, the
 * first to commit is shared and the other stays private.
 */
final class PagedKvCacheManager implements KvCacheManager {
    private final int blockSize;
    private final boolean prefixCaching;

    /** The numbers of the groups that take blocks. */
    private final int[] numbers;

    private final int groups;

    /** Per group that takes blocks, how many tokens a token sees with itself, or 0 for all. */
    private final int[] window;

    private final BlockPool pool;
    private final PrefixIndex index;
    private long queries;
    private long hits;

    PagedKvCacheManager(List<KvGroup> kvGroups, int blocks, int blockSize, boolean prefixCaching) {
        numbers = IntStream.range(0, kvGroups.size())
                .filter(group -> kvGroups.get(group).takesBlocks())
                .toArray();
        groups = numbers.length;
        if (groups > 0 && blocks < 1 || blockSize < 1) {
            throw new IllegalArgumentException("a KV cache needs a block and a block size, got " + groups + " groups, "
                    + blocks + " blocks of " + blockSize + " tokens");
        }
        this.blockSize = blockSize;
        // Nobody has the state that a recurrent layer was in at the end of a prefix.
        this.prefixCaching = prefixCaching && groups > 0 && groups == kvGroups.size();
        window = new int[groups];
        for (int g = 0; g < groups; g++) {
            window[g] = kvGroups.get(numbers[g]).window();
        }
        pool = new BlockPool(blocks);
        index = new PrefixIndex(blocks);
    }

    @Override
    public int attachCachedPrefix(Sequence sequence) {
        if (!prefixCaching || sequence.keyedBlocks() == 0) {
            return 0;
        }
        queries += sequence.length();
        int most = Math.min(sequence.keyedBlocks(), (sequence.length() - 1) / blockSize);
        int found = longestCachedPrefix(sequence.prefixKeys(), most);
        if (found == 0) {
            return 0;
        }
        BlockTable table = table(sequence);
        table.reserve(found);
        long[] keys = sequence.prefixKeys();
        for (int g = 0; g < groups; g++) {
            int from = firstVisible(g, found * blockSize);
            for (int i = 0; i < from; i++) {
                table.blocks[g][i] = BlockTable.NONE;
            }
            for (int i = from; i < found; i++) {
                int block = index.find(keys[2 * i], keys[2 * i + 1], g);
                pool.share(block);
                table.blocks[g][i] = block;
            }
            table.firstHeld[g] = from;
        }
        table.length = found;
        table.committed = found;
        hits += (long) found * blockSize;
        return found * blockSize;
    }

    private int longestCachedPrefix(long[] keys, int most) {
        int found = most;
        for (int g = 0; g < groups; g++) {
            if (window[g] == 0) {
                int run = 0;
                while (run < found && index.find(keys[2 * run], keys[2 * run + 1], g) >= 0) {
                    run++;
                }
                found = run;
            }
        }
        // A shorter prefix may fail for one sliding window and a still shorter one for another: repeat until all agree.
        boolean agreed = false;
        while (!agreed && found > 0) {
            agreed = true;
            for (int g = 0; g < groups; g++) {
                if (window[g] != 0) {
                    int fitting = longestWindowedPrefix(keys, found, g);
                    agreed &= fitting == found;
                    found = fitting;
                }
            }
        }
        return found;
    }

    /** The longest prefix of at most {@code most} blocks that has all blocks its next token sees. */
    private int longestWindowedPrefix(long[] keys, int most, int g) {
        int end = most;
        int at = most;
        while (at > firstVisible(g, end * blockSize)) {
            at--;
            if (index.find(keys[2 * at], keys[2 * at + 1], g) < 0) {
                end = at;
            }
        }
        return end;
    }

    /** The first block that a token at {@code position}, or any later one, can see. */
    private int firstVisible(int g, int position) {
        return window[g] == 0 ? 0 : Math.max(0, position - window[g] + 1) / blockSize;
    }

    @Override
    public boolean ensure(Sequence sequence, int tokens) {
        BlockTable table = table(sequence);
        int needed = groups == 0 ? 0 : blocksFor(tokens);
        if (needed <= table.length) {
            return true;
        }
        if ((needed - table.length) * groups > pool.free()) {
            return false;
        }
        table.reserve(needed);
        for (int g = 0; g < groups; g++) {
            int[] blocks = table.blocks[g];
            for (int i = table.length; i < needed; i++) {
                blocks[i] = take();
            }
        }
        table.length = needed;
        return true;
    }

    private int take() {
        int block = pool.oldest();
        if (index.contains(block)) {
            index.remove(block);
        }
        return pool.take();
    }

    @Override
    public void writeBlocks(Sequence sequence, StepPlan plan, boolean all) {
        BlockTable table = table(sequence);
        int from = all ? 0 : table.written;
        if (from < table.length) {
            for (int g = 0; g < groups; g++) {
                int start = Math.max(from, table.firstHeld[g]);
                plan.addBlocks(numbers[g], start, table.blocks[g], start, table.length - start);
            }
        }
        table.written = table.length;
    }

    @Override
    public void commit(Sequence sequence, int tokens) {
        BlockTable table = table(sequence);
        int full = Math.min(tokens / blockSize, table.length);
        if (full > table.committed) {
            int keyed = prefixCaching ? Math.min(full, sequence.keyedBlocks()) : 0;
            for (int i = table.committed; i < keyed; i++) {
                enter(sequence.prefixKeys(), i, table);
            }
            table.committed = full;
        }
        for (int g = 0; g < groups; g++) {
            if (window[g] != 0) {
                releaseBehindWindow(table, g, Math.min(firstVisible(g, tokens), table.length));
            }
        }
    }

    private void enter(long[] keys, int entry, BlockTable table) {
        long first = keys[2 * entry];
        long second = keys[2 * entry + 1];
        for (int g = 0; g < groups; g++) {
            int block = table.blocks[g][entry];
            if (block != BlockTable.NONE && !index.contains(block) && index.find(first, second, g) < 0) {
                index.add(block, first, second, g);
            }
        }
    }

    private void releaseBehindWindow(BlockTable table, int g, int firstVisible) {
        for (int i = table.firstHeld[g]; i < firstVisible; i++) {
            int block = table.blocks[g][i];
            pool.release(block, index.contains(block));
            table.blocks[g][i] = BlockTable.NONE;
        }
        table.firstHeld[g] = Math.max(table.firstHeld[g], firstVisible);
    }

    /** Gives the last block back first: within the free list a prefix's end is then evicted before its beginning. */
    @Override
    public void release(Sequence sequence) {
        BlockTable table = table(sequence);
        for (int i = table.length - 1; i >= 0; i--) {
            for (int g = 0; g < groups; g++) {
                int block = table.blocks[g][i];
                if (i >= table.firstHeld[g]) {
                    pool.release(block, index.contains(block));
                }
            }
        }
        table.clear();
    }

    @Override
    public boolean couldFit(int tokens) {
        long needed = 0;
        for (int g = 0; g < groups; g++) {
            // A window that does not begin at a block's edge touches one block more.
            int most = window[g] == 0 ? Integer.MAX_VALUE : blocksFor(window[g]) + 1;
            needed += Math.min(blocksFor(tokens), most);
        }
        return needed <= pool.size();
    }

    @Override
    public int totalBlocks() {
        return pool.size();
    }

    @Override
    public int freeBlocks() {
        return pool.free();
    }

    @Override
    public void resetPrefixCache() {
        for (int block = 0; block < pool.size(); block++) {
            if (pool.references(block) == 0 && index.contains(block)) {
                index.remove(block);
            }
        }
    }

    @Override
    public long prefixQueries() {
        return queries;
    }

    @Override
    public long prefixHits() {
        return hits;
    }

    private int blocksFor(int tokens) {
        return (tokens + blockSize - 1) / blockSize;
    }

    private BlockTable table(Sequence sequence) {
        BlockTable table = (BlockTable) sequence.cacheState();
        if (table == null) {
            int expected = sequence.promptTokens() + Math.min(sequence.maxTokens(), 2048);
            table = new BlockTable(groups, blocksFor(expected) + 1);
            sequence.setCacheState(table);
        }
        return table;
    }
}
