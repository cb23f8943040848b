package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * How a token's scores choose its experts, and by what their results are multiplied.
 *
 * @param kind what the scores are
 * @param top how many experts a token has
 * @param normalised whether what was chosen is divided by its sum
 * @param scale by which the shares are multiplied
 * @param correction float32 {@code [experts]}: added to the scores for the choice alone; or null
 * @param groups into how many equal groups the experts are divided; 1 if they are not
 * @param keptGroups how many of them a token's experts come from
 * @since 0.2
 */
@Incubating
public record Routing(
        Kind kind, int top, boolean normalised, double scale, Tensor correction, int groups, int keptGroups) {
    /** What routers make of their projection. */
    @Incubating
    public enum Kind {
        /** Its softmax over all experts. A group counts as much as its best expert. */
        SOFTMAX,
        /** The softmax over the experts that it is largest for. */
        SOFTMAX_OF_CHOSEN,
        /** Its sigmoid. A group counts as much as its two best experts together. */
        SIGMOID
    }
}
