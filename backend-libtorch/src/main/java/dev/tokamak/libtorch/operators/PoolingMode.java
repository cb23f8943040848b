package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The ways in which the vectors of a sequence's tokens become one.
 *
 * @since 0.2
 */
@Incubating
public enum PoolingMode {
    /** The first token's. */
    FIRST {
        @Override
        public Tensor apply(Tensor tokens) {
            return tokens.select(0, 0);
        }
    },
    /** The last token's. */
    LAST {
        @Override
        public Tensor apply(Tensor tokens) {
            return tokens.select(0, tokens.size(0) - 1);
        }
    },
    /** Their mean. */
    MEAN {
        @Override
        public Tensor apply(Tensor tokens) {
            return over(sum(tokens), tokens.size(0));
        }
    },
    /** Their sum, divided by the square root of how many they are. */
    MEAN_SQRT_LENGTH {
        @Override
        public Tensor apply(Tensor tokens) {
            return over(sum(tokens), Math.sqrt(tokens.size(0)));
        }
    },
    /** Their mean, in which a token at position p (from 0) counts p + 1 times. */
    WEIGHTED_MEAN {
        @Override
        public Tensor apply(Tensor tokens) {
            long count = tokens.size(0);
            try (Scalar first = new Scalar(1.0);
                    Scalar end = new Scalar(count + 1.0);
                    Tensor weights = torch.arange(first, end)) {
                Tensor weighted =
                        tokens.mul(weights.to(tokens.device(), ScalarType.Float).view(count, 1));
                return over(sum(weighted), count * (count + 1) / 2.0);
            }
        }
    },
    /** Element by element the largest. */
    MAX {
        @Override
        public Tensor apply(Tensor tokens) {
            return tokens.amax(new long[] {0}, false);
        }
    };

    /**
     * One vector out of a sequence's.
     *
     * @param tokens float32 {@code [tokens, width]}, of one sequence
     * @return {@code [width]}
     */
    public abstract Tensor apply(Tensor tokens);

    private static Tensor sum(Tensor tokens) {
        return torch.sum(tokens, new long[] {0}, false, new ScalarTypeOptional());
    }

    private static Tensor over(Tensor sum, double by) {
        try (Scalar divisor = new Scalar(by)) {
            return sum.div_(divisor);
        }
    }
}
