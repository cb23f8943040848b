package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * What a normalisation multiplies and adds.
 *
 * @param kind which normalisation
 * @param weight {@code [width]} in the compute type, in float32 for {@link Kind#RMS_PLUS_ONE}; null where it is all ones
 * @param bias {@code [width]}, only for {@link Kind#LAYER}; null where there is none
 * @param epsilon added to the mean square or the variance
 * @since 0.2
 */
@Incubating
public record NormWeights(Kind kind, Tensor weight, Tensor bias, double epsilon) {
    /** The normalisations that models use. */
    @Incubating
    public enum Kind {
        /** By the root of the mean square (Zhang and Sennrich 2019, arXiv:1910.07467), times the weight. */
        RMS,
        /** The same in float32, times one more than the file's weight; {@link NormWeights#weight} holds the sum. */
        RMS_PLUS_ONE,
        /** By mean and variance (Ba et al. 2016, arXiv:1607.06450), times the weight, plus the bias. */
        LAYER
    }
}
