package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The residual stream of one forward pass, {@code [tokens, hidden]}. What is added last is kept beside the sum, so that a device can add
 * it and normalise in one go.
 */
final class Residual {
    private final Operators operators;
    private Tensor sum;
    private Tensor delta;
    private boolean kept;

    Residual(Tensor sum, Operators operators) {
        this.sum = sum;
        this.operators = operators;
    }

    /** The stream as it is now; it must not be changed. */
    Tensor value() {
        if (delta != null) {
            sum.add_(delta);
            dropDelta();
        }
        return sum;
    }

    /** The normalised stream. */
    Tensor normed(Norm norm) {
        if (delta == null) {
            return norm.run(sum, operators);
        }
        Tensor normed = operators.addNorm(sum, delta, norm.weights());
        dropDelta();
        return normed;
    }

    /** Adds what a sublayer gives. */
    void add(Sublayer sublayer, Tensor inner, double scale) {
        Linear output = sublayer.output();
        if (output == null) {
            add(inner, scale);
        } else if (scale != 1 || delta != null || !output.addTo(inner, sum)) {
            add(output.apply(inner), scale);
        }
    }

    /** Adds {@code scale * more}; {@code more} belongs to the stream from now on and may be changed. */
    void add(Tensor more, double scale) {
        value();
        if (scale != 1) {
            try (Scalar by = new Scalar(scale)) {
                more.mul_(by);
            }
        }
        delta = more;
        kept = false;
    }

    /** Replaces the stream's content by its normalised self. */
    void normalise(Norm norm) {
        sum.copy_(normed(norm));
    }

    /** Goes on with some of the rows. */
    void choose(UnaryOperator<Tensor> rows) {
        sum = rows.apply(value());
    }

    /** Lets what was not yet added outlive the scope around a block. */
    void keep() {
        if (delta != null && !kept) {
            delta.retainReference();
            kept = true;
        }
    }

    private void dropDelta() {
        if (kept) {
            delta.close();
        }
        delta = null;
        kept = false;
    }
}
