package dev.tokamak.engine.cache;

import java.util.Arrays;

/** The blocks that one sequence holds, per KV group: entry <i>i</i> is for the sequence's <i>i</i>th block of tokens. */
final class BlockTable {
    /** An entry behind a sliding window, whose block was given back or never needed. */
    static final int NONE = -1;

    final int[][] blocks;

    /** Entries in use, the same in every group. */
    int length;

    /** Entries that a step plan has carried. */
    int written;

    /** Entries whose contents are computed and confirmed. */
    int committed;

    /** Per group, the first entry that may hold a block. */
    final int[] firstHeld;

    BlockTable(int groups, int capacity) {
        blocks = new int[groups][capacity];
        firstHeld = new int[groups];
    }

    void reserve(int entries) {
        if (entries > blocks[0].length) {
            int capacity = Math.max(entries, blocks[0].length * 2);
            for (int g = 0; g < blocks.length; g++) {
                blocks[g] = Arrays.copyOf(blocks[g], capacity);
            }
        }
    }

    void clear() {
        length = 0;
        written = 0;
        committed = 0;
        Arrays.fill(firstHeld, 0);
    }
}
