package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * The experts of the tokens of a step.
 *
 * @param experts int64 {@code [tokens, top]}, contiguous
 * @param shares by which their results are multiplied, {@code [tokens, top]}, float32
 * @param plan what a device has found out beside for the products that follow, in its own form; or null
 * @since 0.2
 */
@Incubating
public record Routes(Tensor experts, Tensor shares, Tensor plan) {
    /**
     * Routes without a plan.
     *
     * @param experts of the tokens
     * @param shares of the experts
     */
    public Routes(Tensor experts, Tensor shares) {
        this(experts, shares, null);
    }
}
