package dev.tokamak.libtorch.model.parts;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Rows of a stored weight that become rows of a projection. Several pieces under each other make a projection that is computed at once.
 *
 * @param name of the stored tensors, without {@code .weight} and {@code .bias}
 * @param stored rows of the stored weight
 * @param rows how many of them are meant
 * @param choose takes them out of {@code [stored, columns]}; null for all
 * @param headDim elements of a head whose rows are put in another order; 0 if they stay as they are
 * @param rotaryDim how many of a head's first elements rotary embedding pairs half of them apart; they are put side by side
 */
public record Piece(String name, int stored, int rows, UnaryOperator<Tensor> choose, int headDim, int rotaryDim) {
    /** A whole weight. */
    public static Piece of(String name, int rows) {
        return new Piece(name, rows, rows, null, 0, 0);
    }

    /** Rows that follow each other in a weight. */
    public static Piece slice(String name, int stored, int from, int rows) {
        return new Piece(name, stored, rows, whole -> whole.narrow(0, from, rows), 0, 0);
    }

    /**
     * Heads out of a weight that holds them group by group.
     *
     * @param name of the weight
     * @param groups how many groups it holds
     * @param heads in a group
     * @param from the first head of each group that is meant
     * @param count how many heads of each group
     * @param headDim rows of a head
     */
    public static Piece grouped(String name, int groups, int heads, int from, int count, int headDim) {
        return new Piece(
                name,
                groups * heads * headDim,
                groups * count * headDim,
                whole -> whole.view(groups, (long) heads * headDim, -1)
                        .narrow(1, (long) from * headDim, (long) count * headDim)
                        .reshape((long) groups * count * headDim, -1),
                0,
                0);
    }

    /** The same rows, with those that rotary embedding turns together side by side. */
    public Piece paired(int ofHeadDim, int ofRotaryDim) {
        return new Piece(name, stored, rows, choose, ofHeadDim, ofRotaryDim);
    }
}
