package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import org.bytedeco.pytorch.Tensor;

/** One of the two things that a block adds to the residual stream: attention, or a feed-forward network. */
public abstract class Sublayer extends Part {
    /**
     * All but the last projection.
     *
     * @param x {@code [tokens, hidden]}; not changed
     * @param operators of the device
     * @return what {@link #output} projects back, or the whole result if that is null; lives in the caller's scope
     */
    abstract Tensor run(Tensor x, Operators operators);

    /** The projection back to the residual stream, which a device may fuse with the addition; null if {@link #run} does it all. */
    abstract Linear output();
}
