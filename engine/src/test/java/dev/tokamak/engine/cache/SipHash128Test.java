package dev.tokamak.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHash128Test {
    /** The key of the paper's test vectors: bytes 0 to 15. */
    private final SipHash128 hash = new SipHash128(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @Test
    void givesTheReferenceVectorOfTheEmptyMessage() {
        hash.begin().finish(0, 0);

        assertThat(Long.reverseBytes(hash.first())).isEqualTo(0xa3817f04ba25a8e6L);
        assertThat(Long.reverseBytes(hash.second())).isEqualTo(0x6df67214c7550293L);
    }

    @Test
    void givesTheReferenceVectorOfOneByte() {
        hash.begin().finish(0, 1);

        assertThat(Long.reverseBytes(hash.first())).isEqualTo(0xda87c1d86b99af44L);
        assertThat(Long.reverseBytes(hash.second())).isEqualTo(0x347659119b22fc45L);
    }

    @Test
    void tellsMessagesOfDifferentLengthApart() {
        hash.begin().add(0).finish(0, 0);
        long one = hash.first();
        hash.begin().add(0).add(0).finish(0, 0);

        assertThat(hash.first()).isNotEqualTo(one);
    }
}
