package dev.tokamak.engine.cache;

import java.util.Arrays;

/**
 * Finds the block that holds a prefix, by a 128-bit key and the KV group.
 *
 * <p><b>Implementation notes.</b> Open addressing with linear probing over block ids; the keys are kept by block, so an
 * entry costs one int and a block can be removed without a search by key. The table has at least twice as many places as
 * there are blocks. Removal shifts the entries behind it back (Knuth, TAOCP vol. 3, 6.4, algorithm R), so there are no
 * tombstones and probes stay short however long the engine runs. Keys are the output of a keyed hash, hence their
 * low bits are used as they are.
 */
final class PrefixIndex {
    private static final int EMPTY = -1;

    private final int[] table;
    private final int mask;
    private final long[] first;
    private final long[] second;
    private final int[] group;
    private int size;

    PrefixIndex(int blocks) {
        int places = Integer.highestOneBit(Math.max(8, blocks) * 2 - 1) << 1;
        table = new int[places];
        Arrays.fill(table, EMPTY);
        mask = places - 1;
        first = new long[blocks];
        second = new long[blocks];
        group = new int[blocks];
        Arrays.fill(group, EMPTY);
    }

    int size() {
        return size;
    }

    boolean contains(int block) {
        return group[block] != EMPTY;
    }

    /** The block with this key, or -1. */
    int find(long keyFirst, long keySecond, int ofGroup) {
        for (int place = home(keyFirst, ofGroup); table[place] != EMPTY; place = (place + 1) & mask) {
            int block = table[place];
            if (first[block] == keyFirst && second[block] == keySecond && group[block] == ofGroup) {
                return block;
            }
        }
        return EMPTY;
    }

    /** Enters a block that is not in the index, under a key that is not in it. */
    void add(int block, long keyFirst, long keySecond, int ofGroup) {
        first[block] = keyFirst;
        second[block] = keySecond;
        group[block] = ofGroup;
        int place = home(keyFirst, ofGroup);
        while (table[place] != EMPTY) {
            place = (place + 1) & mask;
        }
        table[place] = block;
        size++;
    }

    /** Removes a block that is in the index. */
    void remove(int block) {
        int place = home(first[block], group[block]);
        while (table[place] != block) {
            place = (place + 1) & mask;
        }
        group[block] = EMPTY;
        size--;
        int hole = place;
        for (int at = (hole + 1) & mask; table[at] != EMPTY; at = (at + 1) & mask) {
            int home = home(first[table[at]], group[table[at]]);
            boolean homeIsBehindHole = ((at - home) & mask) >= ((at - hole) & mask);
            if (homeIsBehindHole) {
                table[hole] = table[at];
                hole = at;
            }
        }
        table[hole] = EMPTY;
    }

    private int home(long keyFirst, int ofGroup) {
        return ((int) keyFirst + ofGroup * 0x9e3779b9) & mask;
    }
}
