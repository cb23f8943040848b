package dev.tokamak.libtorch.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.executor.StepMasks;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

final class HostMasksTest {
    private static final int VOCABULARY = 9001;
    private static final long SEED = 20261122;

    @Test
    void refusesWhatTheMaskDoesNotAllowAndNothingElse() {
        Random random = new Random(SEED);
        int[] rows = {0, 2};
        StepMasks masks = new StepMasks(VOCABULARY, rows.length);
        masks.resize(rows.length);
        for (int i = 0; i < rows.length * masks.wordsPerRow(); i++) {
            // Long runs of zeros and ones, and words between.
            masks.words()[i] = (i / 150) % 2 == 0 ? 0 : random.nextInt(4) == 0 ? random.nextInt() : -1;
        }
        PointerScope scope = new PointerScope();
        try {
            Tensor logits = torch.ones(new long[] {3, VOCABULARY});
            new HostMasks().refuse(logits, rows, masks);
            float[] values = new float[3 * VOCABULARY];
            logits.data_ptr_float().get(values);
            float[] expected = new float[values.length];
            Arrays.fill(expected, 1);
            for (int mask = 0; mask < rows.length; mask++) {
                for (int token = 0; token < VOCABULARY; token++) {
                    int word = masks.words()[masks.offset(mask) + (token >>> 5)];
                    if ((word >>> token & 1) == 0) {
                        expected[rows[mask] * VOCABULARY + token] = Float.NEGATIVE_INFINITY;
                    }
                }
            }
            assertThat(values).as("seed " + SEED).isEqualTo(expected);
        } finally {
            scope.close();
        }
    }

    @Test
    void allowsNothingBehindTheMasksEnd() {
        StepMasks masks = new StepMasks(64, 1);
        masks.resize(1);
        Arrays.fill(masks.words(), 0, 2, -1);
        PointerScope scope = new PointerScope();
        try {
            Tensor logits = torch.ones(new long[] {1, 100});
            new HostMasks().refuse(logits, new int[] {0}, masks);
            float[] values = new float[100];
            logits.data_ptr_float().get(values);
            assertThat(values[63]).isEqualTo(1);
            assertThat(Arrays.copyOfRange(values, 64, 100)).containsOnly(Float.NEGATIVE_INFINITY);
        } finally {
            scope.close();
        }
    }
}
