package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.LinearStack;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.libtorch.weights.Weights;
import dev.tokamak.spi.executor.LoadProgress;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Brings weights to where parts use them: copies each to its place on the device, those of projections that are computed together under
 * each other, and puts the elements that rotary embedding pairs side by side.
 */
public final class PartLoader implements AutoCloseable {
    private final Weights weights;
    private final ComputeDevice device;
    private final Operators operators;
    private final LoadProgress progress;
    private final LinearFormat format;
    private final double elements;
    private long loaded;
    private String keptName;
    private Tensor kept;

    /**
     * @param weights to read
     * @param device to bring them to
     * @param operators that pack projections
     * @param progress is told how far it is
     * @param elements that will be loaded in all
     * @param transposed whether matrices are stored as {@code [in, out]}
     */
    public PartLoader(
            Weights weights,
            ComputeDevice device,
            Operators operators,
            LoadProgress progress,
            long elements,
            boolean transposed) {
        this.weights = weights;
        this.device = device;
        this.operators = operators;
        this.progress = progress;
        this.elements = elements;
        this.format = new DenseFormat(transposed);
    }

    ComputeDevice device() {
        return device;
    }

    Weights weights() {
        return weights;
    }

    Operators operators() {
        return operators;
    }

    /** A vector of a type. */
    Tensor vector(TensorType type, Piece piece, String kind) {
        return rows(type, List.of(piece), kind, 0, false);
    }

    /** A table of rows that are looked up; on the CPU in the stored type, since rows are converted as they are looked up. */
    Tensor table(String name, int rows, int columns) {
        weights.require(name, rows, columns);
        TensorType type = device.cpu() ? weights.type(name) : device.type();
        return read(device.empty(type, rows, columns), name, rows, columns);
    }

    /** A whole tensor, in the compute type. */
    Tensor tensor(String name, long... shape) {
        weights.require(name, shape);
        return read(device.empty(device.type(), shape), name, shape);
    }

    private Tensor read(Tensor into, String name, long... shape) {
        try {
            weights.copy(name, shape, into);
        } catch (RuntimeException e) {
            into.close();
            throw e;
        }
        count(into.numel());
        return into;
    }

    private void count(long more) {
        loaded += more;
        progress.update("weights", Math.min(1, loaded / elements));
    }

    /**
     * A projection, in the format in which the checkpoint stores it.
     *
     * @param in columns
     * @param biased whether it has a bias
     * @param cut how it is divided among ranks
     * @param pieces from its first row on
     * @return owned by the caller
     */
    Linear linear(int in, boolean biased, LinearFormat.Cut cut, Piece... pieces) {
        return format.load(this, List.of(pieces), in, biased, cut);
    }

    /** As {@link #linear}, of each expert. */
    LinearStack stack(int in, boolean biased, List<List<Piece>> experts) {
        return format.loadStack(this, experts, in, biased, LinearFormat.Cut.EXPERTS);
    }

    /** The pieces' rows under each other; vectors if {@code in} is 0. */
    Tensor rows(TensorType type, List<Piece> pieces, String kind, int in, boolean transposed) {
        long rows = pieces.stream().mapToLong(Piece::rows).sum();
        pieces.forEach(piece -> weights.require(piece.tensor(kind), tensorShape(piece, in, transposed)));
        Tensor whole = in == 0 ? device.empty(type, rows) : device.empty(type, rows, in);
        try {
            long filled = 0;
            for (Piece piece : pieces) {
                try (Tensor place = whole.narrow(0, filled, piece.rows())) {
                    put(piece, kind, in, piece.transposed(transposed), place);
                }
                filled += piece.rows();
            }
            count(whole.numel());
            return whole;
        } catch (RuntimeException e) {
            whole.close();
            throw e;
        }
    }

    private static long[] tensorShape(Piece piece, int in, boolean transposed) {
        long[] own = piece.shape(in, transposed);
        return piece.slab() == null
                ? own
                : LongStream.concat(LongStream.of(piece.slab().count()), LongStream.of(own))
                        .toArray();
    }

    private void copy(Piece piece, String kind, int in, boolean transposed, Tensor target) {
        long[] shape = tensorShape(piece, in, transposed);
        if (piece.slab() == null) {
            weights.copy(piece.tensor(kind), shape, target);
        } else {
            weights.copyPart(piece.tensor(kind), shape, piece.slab().index(), target);
        }
    }

    private void put(Piece piece, String kind, int in, boolean transposed, Tensor place) {
        boolean split = piece.rotaryDim() > 0 && piece.rotaryDim() < piece.headDim();
        if (piece.choose() == null && !split) {
            if (transposed && in > 0) {
                try (Tensor turned = place.t()) {
                    copy(piece, kind, in, true, turned);
                }
            } else if (piece.rotaryDim() == 0) {
                copy(piece, kind, in, false, place);
            } else {
                long heads = piece.rows() / piece.headDim();
                try (Tensor pairs = place.view(heads, piece.headDim() / 2, 2, Math.max(1, in));
                        Tensor halves = pairs.transpose(1, 2)) {
                    copy(piece, kind, in, false, halves);
                }
            }
            return;
        }
        Tensor stored = stored(piece, kind, in, transposed);
        try (Tensor turned = transposed && in > 0 ? stored.t() : new Tensor(stored);
                Tensor matrix = turned.reshape(piece.stored(), Math.max(1, in));
                Tensor chosen = piece.choose() == null
                        ? new Tensor(matrix)
                        : piece.choose().apply(matrix);
                Tensor target = place.view(piece.rows(), Math.max(1, in))) {
            if (piece.rotaryDim() == 0) {
                target.copy_(chosen);
            } else {
                pair(chosen, target, piece);
            }
        }
    }

    /** Copies heads, the first elements of each paired. */
    private static void pair(Tensor from, Tensor to, Piece piece) {
        long heads = piece.rows() / piece.headDim();
        long turned = piece.rotaryDim();
        long columns = from.size(1);
        try (Tensor source = from.reshape(heads, piece.headDim(), columns);
                Tensor target = to.view(heads, piece.headDim(), columns);
                Tensor halves = source.narrow(1, 0, turned).reshape(heads, 2, turned / 2, columns);
                Tensor pairs = target.narrow(1, 0, turned).view(heads, turned / 2, 2, columns);
                Tensor rest = source.narrow(1, turned, piece.headDim() - turned);
                Tensor place = target.narrow(1, turned, piece.headDim() - turned)) {
            pairs.copy_(halves.transpose(1, 2));
            place.copy_(rest);
        }
    }

    /** A stored weight in the compute type, kept until another is asked for, since fused weights are taken apart piece by piece. */
    private Tensor stored(Piece piece, String kind, int in, boolean transposed) {
        String name = piece.tensor(kind)
                + (piece.slab() == null ? "" : "#" + piece.slab().index());
        if (!name.equals(keptName)) {
            close();
            kept = device.empty(device.type(), piece.shape(in, transposed));
            copy(piece, kind, in, transposed, kept);
            keptName = name;
        }
        return kept;
    }

    /** Lets go of what was kept for further pieces. */
    @Override
    public void close() {
        if (kept != null) {
            kept.close();
            kept = null;
            keptName = null;
        }
    }
}
