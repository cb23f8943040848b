package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.config.Rotary;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.pytorch.Tensor;

/**
 * The cosines and sines by which a layer turns the pairs of its heads. Pairs beyond the turned elements are turned by nothing, so that
 * a device has one way of rotating whatever part of a head a model rotates.
 *
 * @param rotary the frequencies; null if nothing is turned
 * @param rotaryDim how many of a head's first elements are turned
 * @param headDim elements in a head
 */
public record RotaryTable(Rotary rotary, int rotaryDim, int headDim) {
    public RotaryTable {
        if (rotary != null) {
            rotary.require(rotaryDim);
        }
    }

    /** A table by which nothing is turned. */
    public static RotaryTable none(int headDim) {
        return new RotaryTable(null, 0, headDim);
    }

    /** How many numbers are computed at once on the way to the device. */
    private static final int PIECE = 1 << 20;

    /**
     * The numbers, of angles in float32.
     *
     * @param device where they are used
     * @param positions how many
     * @return {@code [positions, headDim / 2, 2]}: for each position and each pair of a head, cosine and sine; owned by the caller
     */
    public Tensor values(ComputeDevice device, int positions) {
        float[] frequencies = rotaryDim == 0 ? new float[0] : rotary.frequencies(rotaryDim, positions);
        Tensor all = device.empty(TensorType.F32, positions, headDim / 2, 2);
        int most = Math.max(1, PIECE / headDim);
        float[] piece = new float[Math.min(most, positions) * headDim];
        for (int first = 0; first < positions; first += most) {
            int count = Math.min(most, positions - first);
            fill(piece, first, count, frequencies);
            try (Tensor part = device.upload(piece, count * headDim);
                    Tensor shaped = part.view(count, headDim / 2, 2);
                    Tensor place = all.narrow(0, first, count)) {
                place.copy_(shaped);
            }
        }
        return all;
    }

    private void fill(float[] piece, int first, int count, float[] frequencies) {
        int at = 0;
        for (int position = first; position < first + count; position++) {
            for (float frequency : frequencies) {
                float angle = position * frequency;
                piece[at++] = (float) Math.cos(angle) * rotary.attentionFactor();
                piece[at++] = (float) Math.sin(angle) * rotary.attentionFactor();
            }
            for (int i = rotaryDim; i < headDim; i += 2) {
                piece[at++] = 1;
                piece[at++] = 0;
            }
        }
    }

    /** The memory that the numbers take. */
    long bytes(int positions) {
        return (long) positions * headDim * Float.BYTES;
    }
}
