package dev.tokamak.engine.cache;

/**
 * SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012), fed with whole 64-bit
 * words. One instance is used again and again by one thread and allocates nothing.
 */
final class SipHash128 {
    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long words;
    private long first;
    private long second;

    SipHash128(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    SipHash128 begin() {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
        words = 0;
        return this;
    }

    SipHash128 add(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
        words++;
        return this;
    }

    /** Ends the message with its last, incomplete word: up to seven bytes, lowest first. */
    void finish(long rest, int restBytes) {
        long last = ((words * 8 + restBytes) << 56) | rest;
        v3 ^= last;
        round();
        round();
        v0 ^= last;
        v2 ^= 0xee;
        rounds4();
        first = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        rounds4();
        second = v0 ^ v1 ^ v2 ^ v3;
    }

    long first() {
        return first;
    }

    long second() {
        return second;
    }

    private void rounds4() {
        round();
        round();
        round();
        round();
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
