package dev.tokamak.engine.cache;

/**
 * Reference-counted block ids, with a list of those that nobody holds.
 *
 * <p><b>Implementation notes.</b> The free list is intrusive: {@code next} and {@code previous} are indexed by block id, with one
 * sentinel behind the last block, so that taking the oldest block, giving one back at either end, and pulling a cached one
 * out of the middle are all a handful of array stores. A block that holds a cached prefix goes to the tail and is thus
 * reused last, in order of disuse; one that holds nothing worth keeping goes to the head. Eviction is lazy: a free block
 * keeps its prefix until {@link #take} hands it out.
 */
final class BlockPool {
    private final int sentinel;
    private final int[] next;
    private final int[] previous;
    private final int[] references;
    private int free;

    BlockPool(int blocks) {
        sentinel = blocks;
        next = new int[blocks + 1];
        previous = new int[blocks + 1];
        references = new int[blocks];
        for (int i = 0; i <= blocks; i++) {
            next[i] = i == blocks ? 0 : i + 1;
            previous[i] = i == 0 ? blocks : i - 1;
        }
        free = blocks;
    }

    int size() {
        return sentinel;
    }

    int free() {
        return free;
    }

    int references(int block) {
        return references[block];
    }

    /** The block that {@link #take} would hand out. There must be a free one. */
    int oldest() {
        return next[sentinel];
    }

    /** Hands out the oldest free block, with one reference. There must be a free one. */
    int take() {
        int block = next[sentinel];
        if (block == sentinel) {
            throw new IllegalStateException("no free block of " + sentinel);
        }
        unlink(block);
        references[block] = 1;
        return block;
    }

    /** Adds a reference to a block that is held, or free with a cached prefix. */
    void share(int block) {
        if (references[block]++ == 0) {
            unlink(block);
        }
    }

    /**
     * Takes a reference away. The last one puts the block into the free list.
     *
     * @param keep whether its contents may be wanted again
     */
    void release(int block, boolean keep) {
        if (references[block] <= 0) {
            throw new IllegalStateException("block " + block + " is free already");
        }
        if (--references[block] == 0) {
            int before = keep ? previous[sentinel] : sentinel;
            int after = next[before];
            next[before] = block;
            previous[block] = before;
            next[block] = after;
            previous[after] = block;
            free++;
        }
    }

    private void unlink(int block) {
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        free--;
    }
}
