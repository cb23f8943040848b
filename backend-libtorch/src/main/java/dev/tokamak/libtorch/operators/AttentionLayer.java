package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * What attention needs of one layer beside its projections.
 *
 * @param shape of its heads
 * @param cacheLayer which layer of the KV cache is its own; -1 if it has none, because it looks in both directions
 * @param rotary which of the model's rotary tables turns its queries and keys; -1 if nothing turns those of a layer without cache
 * @param headNorm {@code [heads + kvHeads, headDim]}, by which each head's query and key are normalised before the rotation (root mean
 *     square); or null
 * @param headEpsilon of that norm
 * @param sinks float32 {@code [heads]}: for each query head a score that takes part in the softmax without a value; or null
 * @since 0.2
 */
@Incubating
public record AttentionLayer(
        AttentionShape shape, int cacheLayer, int rotary, Tensor headNorm, double headEpsilon, Tensor sinks) {}
