package dev.tokamak.libtorch.kernels;

import dev.tokamak.api.Incubating;
import dev.tokamak.libtorch.operators.Routes;
import dev.tokamak.libtorch.operators.Routing;
import org.bytedeco.pytorch.Tensor;

/**
 * Mixtures of experts for so few tokens that reading the experts' weights is all that takes time. What is enqueued depends on sizes
 * alone, never on what was chosen.
 *
 * @since 0.2
 */
@Incubating
public interface ExpertKernels {
    /**
     * The room for a plan of which tokens are multiplied by which experts.
     *
     * @param tokens of the step
     * @param experts to choose from
     * @param top how many a token has
     * @return how many ints; 0 if the tokens are too many, or if the kernels do not know so many experts
     */
    int planLength(int tokens, int experts, int top);

    /**
     * Whether weights are of sizes that the kernels multiply by.
     *
     * @param hidden width of the residual
     * @param intermediate width between an expert's projections
     * @return true if {@link #multiply} works
     */
    boolean fit(int hidden, int intermediate);

    /**
     * Chooses experts and plans the products with them.
     *
     * @param logits {@code [tokens, experts]}, 16 bits or float32
     * @param routing how; in one group
     * @param into int64 {@code [tokens, top]}, float32 {@code [tokens, top]} and the plan, int32 of {@link #planLength}; written
     */
    void route(Tensor logits, Routing routing, Routes into);

    /**
     * What the chosen experts make of tokens, {@code out(silu(gate(x)) * up(x))}, by their shares.
     *
     * @param x {@code [tokens, hidden]}
     * @param routes that {@link #route} has written, right before
     * @param in {@code [experts, 2 * intermediate, hidden]}, each gate above what is gated
     * @param out {@code [experts, hidden, intermediate]}
     * @param inner {@code [tokens * top, intermediate]}, written
     * @param parts {@code [tokens * top, hidden]}, written
     * @param sum {@code [tokens, hidden]}, written
     */
    void multiply(Tensor x, Routes routes, Tensor in, Tensor out, Tensor inner, Tensor parts, Tensor sum);
}
