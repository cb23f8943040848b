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
 * @param slab which part of a tensor the stored weight is; null if it is a tensor of its own
 */
public record Piece(
        String name, int stored, int rows, UnaryOperator<Tensor> choose, int headDim, int rotaryDim, Slab slab) {
    /**
     * One of several weights that a checkpoint stores in one tensor.
     *
     * @param index which one, from 0
     * @param count how many there are
     * @param transposed whether they are stored as {@code [columns, rows]}
     * @param bare whether the tensors' names do without {@code .weight} and have {@code _bias} for {@code .bias}
     */
    public record Slab(int index, int count, boolean transposed, boolean bare) {}

    /** A whole weight. */
    public static Piece of(String name, int rows) {
        return new Piece(name, rows, rows, null, 0, 0, null);
    }

    /** Rows that follow each other in a weight. */
    public static Piece slice(String name, int stored, int from, int rows) {
        return new Piece(name, stored, rows, whole -> whole.narrow(0, from, rows), 0, 0, null);
    }

    /** Every second row of a weight, from the first or the second on. */
    public static Piece alternate(String name, int stored, int from) {
        return new Piece(
                name, stored, stored / 2, whole -> whole.view(stored / 2, 2, -1).select(1, from), 0, 0, null);
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
                0,
                null);
    }

    /** The same rows, with those that rotary embedding turns together side by side. */
    public Piece paired(int ofHeadDim, int ofRotaryDim) {
        return new Piece(name, stored, rows, choose, ofHeadDim, ofRotaryDim, slab);
    }

    /** The same rows of a weight that is stored with others in one tensor. */
    public Piece in(Slab of) {
        return new Piece(name, stored, rows, choose, headDim, rotaryDim, of);
    }

    /** The name of a stored tensor; {@code kind} is {@code .weight} or {@code .bias}. */
    String tensor(String kind) {
        return slab == null || !slab.bare() ? name + kind : kind.equals(".bias") ? name + "_bias" : name;
    }

    /** The shape of the stored weight, or of the part of a tensor that it is; a vector if {@code in} is 0. */
    long[] shape(int in, boolean formatTransposed) {
        if (in == 0) {
            return new long[] {stored};
        }
        return transposed(formatTransposed) ? new long[] {in, stored} : new long[] {stored, in};
    }

    boolean transposed(boolean formatTransposed) {
        return slab == null ? formatTransposed : slab.transposed();
    }
}
