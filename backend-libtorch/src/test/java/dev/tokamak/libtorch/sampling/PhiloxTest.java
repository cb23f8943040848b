package dev.tokamak.libtorch.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The known answers that the authors publish with Random123 ({@code kat_vectors}, philox4x32 10). */
final class PhiloxTest {
    @Test
    void zerosGiveThePublishedBlock() {
        assertThat(block(new int[4], 0, 0)).isEqualTo(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    }

    @Test
    void onesGiveThePublishedBlock() {
        assertThat(block(new int[] {-1, -1, -1, -1}, -1, -1))
                .isEqualTo(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    }

    @Test
    void digitsOfPiGiveThePublishedBlock() {
        assertThat(block(new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0))
                .isEqualTo(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
    }

    @Test
    void uniformNumbersTakeTheFirstWordsUpperBits() {
        assertThat(Philox.uniform(0, 0)).isEqualTo((0x6627e8d5 >>> 8) / 16777216f);
    }

    @Test
    void uniformNumbersLieBelowOneAndAverageOneHalf() {
        double sum = 0;
        for (int i = 0; i < 10_000; i++) {
            float number = Philox.uniform(0x1234_5678_9abc_def0L, i);
            assertThat(number).isGreaterThanOrEqualTo(0f).isLessThan(1f);
            sum += number;
        }
        assertThat(sum / 10_000).isBetween(0.49, 0.51);
    }

    private static int[] block(int[] counter, int key0, int key1) {
        Philox.apply(counter, key0, key1);
        return counter;
    }
}
