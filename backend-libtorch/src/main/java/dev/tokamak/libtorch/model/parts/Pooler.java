package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.operators.PoolingMode;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** From the vectors of a sequence's tokens to one: tokens put together, then projections. */
public final class Pooler extends Part {
    private final List<PoolingMode> modes;
    private final List<Projection> projections;
    private final int hidden;
    private boolean unitLength;
    private boolean scores;
    private ComputeDevice device;

    /**
     * @param hidden elements of a token's vector
     * @param modes how tokens are put together; several make one vector, one behind another
     * @param projections in order
     */
    public Pooler(int hidden, List<PoolingMode> modes, List<Projection> projections) {
        this.hidden = hidden;
        this.modes = List.copyOf(modes);
        this.projections = List.copyOf(projections);
        projections.forEach(this::with);
    }

    /** Says that the checkpoint's vectors are those of length 1, which whoever asks for them may see to. */
    public Pooler unitLength() {
        unitLength = true;
        return this;
    }

    /** Says that the elements of a vector are scores of labels. */
    public Pooler scores() {
        scores = true;
        return this;
    }

    /** Whether the elements of a vector are scores of labels, rather than a place among other vectors. */
    public boolean givesScores() {
        return scores;
    }

    /** Whether the checkpoint's vectors are divided by their length. */
    public boolean hasUnitLength() {
        return unitLength;
    }

    /** Elements of a vector. */
    public int width() {
        return projections.isEmpty()
                ? modes.size() * hidden
                : projections.get(projections.size() - 1).width();
    }

    /** Whether only the last token counts, so that those before it may be computed in earlier steps. */
    public boolean lastTokenOnly() {
        return modes.equals(List.of(PoolingMode.LAST));
    }

    @Override
    protected void loadWeights(PartLoader from) {
        device = from.device();
    }

    @Override
    protected long ownParameters() {
        return 0;
    }

    /**
     * Makes the vectors.
     *
     * @param tokens {@code [tokens, hidden]}, behind the last norm
     * @param rows of the step, 1 or more
     * @param operators that have begun the step
     * @return float32 {@code [rows, width]}, contiguous; lives in the caller's scope
     */
    public Tensor run(Tensor tokens, int[] rows, Operators operators) {
        Tensor vectors = operators.pooled(tokens, modes.get(0), rows);
        if (modes.size() > 1) {
            TensorVector all = new TensorVector(vectors);
            modes.stream().skip(1).forEach(mode -> all.push_back(operators.pooled(tokens, mode, rows)));
            vectors = torch.cat(all, 1);
        }
        if (!projections.isEmpty()) {
            vectors = vectors.to(device.type().scalarType());
            for (Projection projection : projections) {
                vectors = projection.run(vectors, operators);
            }
            vectors = vectors.to(ScalarType.Float);
        }
        return vectors;
    }
}
