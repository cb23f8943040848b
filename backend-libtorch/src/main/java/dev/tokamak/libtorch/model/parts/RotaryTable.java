package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.model.Rotary;

/**
 * The cosines and sines by which a layer turns the pairs of its heads. Pairs beyond the turned elements are turned by nothing, so that
 * a device has one way of rotating whatever part of a head a model rotates.
 *
 * @param rotary the frequencies; null if nothing is turned
 * @param rotaryDim how many of a head's first elements are turned
 * @param headDim elements in a head
 */
public record RotaryTable(Rotary rotary, int rotaryDim, int headDim) {
    /** A table by which nothing is turned. */
    public static RotaryTable none(int headDim) {
        return new RotaryTable(null, 0, headDim);
    }

    /**
     * The numbers.
     *
     * @param positions how many
     * @return for each position and each pair of a head, cosine and sine side by side
     */
    public float[] values(int positions) {
        if (rotaryDim == headDim) {
            return rotary.table(positions, headDim);
        }
        float[] turned = rotaryDim == 0 ? new float[0] : rotary.table(positions, rotaryDim);
        float[] all = new float[positions * headDim];
        for (int position = 0; position < positions; position++) {
            int at = position * headDim;
            System.arraycopy(turned, position * rotaryDim, all, at, rotaryDim);
            for (int i = rotaryDim; i < headDim; i += 2) {
                all[at + i] = 1;
            }
        }
        return all;
    }
}
