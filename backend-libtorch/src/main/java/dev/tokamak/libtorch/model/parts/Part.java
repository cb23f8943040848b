package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.LinearStack;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What models are composed of. A part is made from its sizes and the names of its weights, which costs nothing; {@link #load} gives it
 * its weights on the device, which it owns from then on. How it runs is its own method, for the arguments differ. Used on the tensor
 * thread once it is loaded.
 */
public abstract class Part implements AutoCloseable {
    private final List<Part> parts = new ArrayList<>();
    private final List<AutoCloseable> weights = new ArrayList<>();
    private long bytes;

    /** Takes a part in, which is loaded before this one's own weights and closed with it; null for one that a model lacks. */
    protected final <P extends Part> P with(P part) {
        if (part != null) {
            parts.add(part);
        }
        return part;
    }

    /** Takes a weight over. */
    protected final Tensor own(Tensor weight) {
        weights.add(weight);
        bytes += weight.nbytes();
        return weight;
    }

    /** Takes a projection over. */
    protected final Linear own(Linear weight) {
        weights.add(weight);
        bytes += weight.bytes();
        return weight;
    }

    /** Takes weights of experts over. */
    protected final LinearStack own(LinearStack stack) {
        weights.add(stack);
        bytes += stack.bytes();
        return stack;
    }

    /**
     * Takes the weights of the part and of the parts in it.
     *
     * @param from what reads them; used during the call only
     * @throws dev.tokamak.api.TokamakException if one is missing or of another shape; {@link #close} frees what was loaded
     */
    public final void load(PartLoader from) {
        parts.forEach(part -> part.load(from));
        loadWeights(from);
    }

    /** Takes the weights of the part itself, each by {@link #own}. */
    protected abstract void loadWeights(PartLoader from);

    /** How many parameters the part has, those of the parts in it included; known before it is loaded. */
    public final long parameters() {
        return parts.stream().mapToLong(Part::parameters).sum() + ownParameters();
    }

    /** How many parameters the part itself has. */
    protected abstract long ownParameters();

    /** Bytes of all its weights on the device. */
    public final long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum() + bytes;
    }

    /** Frees the weights. */
    @Override
    public final void close() {
        parts.forEach(Part::close);
        for (AutoCloseable weight : weights) {
            try {
                weight.close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot free a weight", e);
            }
        }
        weights.clear();
        bytes = 0;
    }
}
