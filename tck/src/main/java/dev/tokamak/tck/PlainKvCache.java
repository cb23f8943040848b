package dev.tokamak.tck;

import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.ArrayDeque;
import java.util.Arrays;

/** Blocks of one group that sees everything, and no shared prefixes: what a scheduler needs to be tried. */
final class PlainKvCache implements KvCacheManager {
    private final int blocks;
    private final int blockSize;
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    PlainKvCache(int blocks, int blockSize) {
        this.blocks = blocks;
        this.blockSize = blockSize;
        for (int i = 0; i < blocks; i++) {
            free.add(i);
        }
    }

    /** What a sequence holds, and how much of it a plan has carried. */
    private static final class Held {
        int[] ids = {};
        int written;
    }

    private static Held held(Sequence sequence) {
        if (sequence.cacheState() == null) {
            sequence.setCacheState(new Held());
        }
        return (Held) sequence.cacheState();
    }

    @Override
    public int attachCachedPrefix(Sequence sequence) {
        return 0;
    }

    @Override
    public boolean ensure(Sequence sequence, int tokens) {
        Held held = held(sequence);
        int missing = blocksFor(tokens) - held.ids.length;
        if (missing > free.size()) {
            return false;
        }
        if (missing > 0) {
            int from = held.ids.length;
            held.ids = Arrays.copyOf(held.ids, from + missing);
            for (int i = from; i < held.ids.length; i++) {
                held.ids[i] = free.remove();
            }
        }
        return true;
    }

    @Override
    public void writeBlocks(Sequence sequence, StepPlan plan, boolean all) {
        Held held = held(sequence);
        int from = all ? 0 : held.written;
        if (from < held.ids.length) {
            plan.addBlocks(0, from, held.ids, from, held.ids.length - from);
        }
        held.written = held.ids.length;
    }

    @Override
    public void commit(Sequence sequence, int tokens) {
        if (blocksFor(tokens) > held(sequence).ids.length) {
            throw new IllegalStateException("sequence " + sequence.id() + " has computed " + tokens + " tokens in "
                    + held(sequence).ids.length + " blocks of " + blockSize);
        }
    }

    @Override
    public void release(Sequence sequence) {
        for (int id : held(sequence).ids) {
            free.add(id);
        }
        sequence.setCacheState(null);
    }

    @Override
    public boolean couldFit(int tokens) {
        return blocksFor(tokens) <= blocks;
    }

    private int blocksFor(int tokens) {
        return (tokens + blockSize - 1) / blockSize;
    }

    @Override
    public int totalBlocks() {
        return blocks;
    }

    @Override
    public int freeBlocks() {
        return free.size();
    }

    @Override
    public void resetPrefixCache() {}

    @Override
    public long prefixQueries() {
        return 0;
    }

    @Override
    public long prefixHits() {
        return 0;
    }
}
