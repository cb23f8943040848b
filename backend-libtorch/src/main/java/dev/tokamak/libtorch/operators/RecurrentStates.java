package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * What recurrent layers keep of each running sequence. A sequence's state lies in its slot and is zero before its first token.
 *
 * @since 0.2
 */
@Incubating
public interface RecurrentStates {
    /**
     * A layer's states.
     *
     * @param index of the layer among those that are recurrent
     * @return {@code [slots, …]} of the compute type, owned by this
     */
    Tensor state(int index);
}
