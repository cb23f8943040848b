package dev.tokamak.libtorch.sampling;

/**
 * Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): a random number by its place, without a
 * state, so that a sequence draws the same numbers wherever and after whatever it is computed.
 */
public final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /**
     * The uniform number of a sequence's output.
     *
     * @param seed of the sequence
     * @param outputIndex how many tokens it has generated before
     * @return from 0 up to but not including 1, a multiple of 2<sup>-24</sup>
     */
    static float uniform(long seed, int outputIndex) {
        int[] block = {outputIndex, 0, 0, 0};
        apply(block, (int) seed, (int) (seed >>> 32));
        return (block[0] >>> 8) * 0x1p-24f;
    }

    /**
     * Replaces a counter by its four random words.
     *
     * @param counter four words, the lowest first
     * @param key0 the key's lower word
     * @param key1 the key's upper word
     */
    static void apply(int[] counter, int key0, int key1) {
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(counter[0]);
            long product1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(counter[2]);
            int word0 = (int) (product1 >>> 32) ^ counter[1] ^ key0;
            int word2 = (int) (product0 >>> 32) ^ counter[3] ^ key1;
            counter[0] = word0;
            counter[1] = (int) product1;
            counter[2] = word2;
            counter[3] = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
    }
}
