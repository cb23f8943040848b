package dev.tokamak.libtorch.sampling;

import dev.tokamak.spi.executor.StepMasks;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Refuses tokens in logits that lie in the host's memory.
 *
 * <p><b>Implementation notes.</b> The logits are written directly. As tensor operations, a mask is spread to one number a token,
 * compared and applied, each of which wakes the threads that compute; a step of a small model feels that. Most words of most
 * masks are all ones, of which nothing is written, or all zeros, whose runs are written as one copy.
 */
public final class HostMasks {
    private static final int RUN = 4096;

    private final float[] refused = new float[RUN];

    HostMasks() {
        Arrays.fill(refused, Float.NEGATIVE_INFINITY);
    }

    /**
     * Sets the logits of refused tokens to minus infinity.
     *
     * @param logits float32 {@code [rows, vocabulary]} in host memory, changed in place
     * @param rows that have a mask, in the order of the masks
     * @param masks which tokens are allowed; none is behind their end
     */
    void refuse(Tensor logits, int[] rows, StepMasks masks) {
        int vocabulary = (int) logits.size(1);
        if (!logits.is_contiguous()) {
            throw new IllegalStateException("logits are not contiguous");
        }
        FloatBuffer values = logits.data_ptr_float().capacity(logits.numel()).asBuffer();
        for (int mask = 0; mask < rows.length; mask++) {
            refuse(values, rows[mask] * vocabulary, vocabulary, masks.words(), masks.offset(mask), masks.wordsPerRow());
        }
    }

    private void refuse(FloatBuffer values, int base, int vocabulary, int[] words, int offset, int count) {
        int token = 0;
        while (token < vocabulary) {
            int word = token >>> 5;
            int bits = word < count ? words[offset + word] : 0;
            int end = Math.min(token + 32, vocabulary);
            if (bits == 0) {
                while (end < vocabulary && ((end >>> 5) >= count || words[offset + (end >>> 5)] == 0)) {
                    end = Math.min(end + 32, vocabulary);
                }
                fill(values, base + token, end - token);
            } else if (bits != -1) {
                for (int t = token; t < end; t++) {
                    if ((bits >>> t & 1) == 0) {
                        values.put(base + t, Float.NEGATIVE_INFINITY);
                    }
                }
            }
            token = end;
        }
    }

    private void fill(FloatBuffer values, int from, int length) {
        for (int done = 0; done < length; done += RUN) {
            values.put(from + done, refused, 0, Math.min(RUN, length - done));
        }
    }
}
