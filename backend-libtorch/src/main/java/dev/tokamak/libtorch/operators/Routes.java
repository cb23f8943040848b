package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * The experts of the tokens of a step.
 *
 * @param experts int64 {@code [tokens, top]}, contiguous
 * @param shares by which their results are multiplied, {@code [tokens, top]}, float32
 * @since 0.2
 */
@Incubating
public record Routes(Tensor experts, Tensor shares) {}
