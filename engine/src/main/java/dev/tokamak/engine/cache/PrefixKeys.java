package dev.tokamak.engine.cache;

import dev.tokamak.spi.scheduler.Sequence;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Makes the keys under which blocks of equal prefixes are found: each a keyed 128-bit hash over the key of the block before
 * and the block's tokens; the first one over what sets the sequence apart from others, such as its salt and adapter.
 *
 * <p><b>Implementation notes.</b> SipHash is a pseudo-random function under a secret key. As long as the key is random for
 * each process, nobody can construct two prompts that share a block although they differ. A block of 16 tokens costs some
 * tens of nanoseconds and allocates nothing, so the keys of blocks that generated tokens fill can be made on the engine
 * thread; those of the prompt are made by the thread that submits it.
 */
public final class PrefixKeys {
    private final long key0;
    private final long key1;
    private final int blockSize;

    private PrefixKeys(long key0, long key1, int blockSize) {
        this.key0 = key0;
        this.key1 = key1;
        this.blockSize = blockSize;
    }

    /**
     * Keys that nobody can foresee.
     *
     * @param blockSize tokens in a block
     * @return keyed by the system's secure random numbers
     */
    public static PrefixKeys random(int blockSize) {
        SecureRandom random = new SecureRandom();
        return new PrefixKeys(random.nextLong(), random.nextLong(), blockSize);
    }

    /**
     * Keys that are the same in every process.
     *
     * @param seed to be kept from clients
     * @param blockSize tokens in a block
     * @return keyed by the seed
     */
    public static PrefixKeys seeded(long seed, int blockSize) {
        return new PrefixKeys(seed, ~seed * 0x9e3779b97f4a7c15L, blockSize);
    }

    /**
     * Begins a sequence's chain of keys.
     *
     * @param domain sequences of different domains share nothing
     * @return a chain without a block
     */
    public Chain chain(String domain) {
        return new Chain(new SipHash128(key0, key1), blockSize, domain.getBytes(StandardCharsets.UTF_8));
    }

    /** The keys of one sequence so far. Used by one thread at a time: the submitting one, then the engine thread. */
    public static final class Chain {
        private final SipHash128 hash;
        private final int blockSize;

        private Chain(SipHash128 hash, int blockSize, byte[] domain) {
            this.hash = hash;
            this.blockSize = blockSize;
            hash.begin();
            long word = 0;
            for (int i = 0; i < domain.length; i++) {
                word |= (domain[i] & 0xffL) << (8 * (i & 7));
                if ((i & 7) == 7) {
                    hash.add(word);
                    word = 0;
                }
            }
            hash.finish(word, domain.length & 7);
        }

        /**
         * Makes room for the keys of a sequence and adds those of its prompt.
         *
         * @param sequence without keys
         * @param tokens how long it may become
         */
        public void begin(Sequence sequence, int tokens) {
            sequence.setPrefixKeys(new long[2 * (tokens / blockSize + 1)], 0);
            extend(sequence);
        }

        /**
         * Adds the keys of blocks that have become full. Allocates nothing while the room lasts.
         *
         * @param sequence of this chain
         */
        public void extend(Sequence sequence) {
            int full = sequence.length() / blockSize;
            for (int block = sequence.keyedBlocks(); block < full; block++) {
                hashBlock(sequence.tokens(), block * blockSize);
                sequence.appendPrefixKey(hash.first(), hash.second());
            }
        }

        private void hashBlock(int[] tokens, int from) {
            long parentFirst = hash.first();
            long parentSecond = hash.second();
            hash.begin().add(parentFirst).add(parentSecond);
            int end = from + blockSize;
            int at = from;
            for (; at + 1 < end; at += 2) {
                hash.add((tokens[at] & 0xffffffffL) | ((long) tokens[at + 1] << 32));
            }
            if (at < end) {
                hash.finish(tokens[at] & 0xffffffffL, 4);
            } else {
                hash.finish(0, 0);
            }
        }
    }
}
