package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The functions that stand between projections.
 *
 * @since 0.2
 */
@Incubating
public enum Activation {
    /** {@code x * sigmoid(x)}. */
    SILU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.silu(x);
        }
    },
    /** {@code x * Phi(x)} with the error function. */
    GELU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.gelu(x);
        }
    },
    /** {@link #GELU} by its approximation with the hyperbolic tangent. */
    GELU_TANH {
        @Override
        public Tensor apply(Tensor x) {
            return torch.gelu(x, "tanh");
        }
    },
    /** {@code max(0, x)}. */
    RELU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.relu(x);
        }
    },
    /** {@code max(0, x)}, squared. */
    RELU_SQUARED {
        @Override
        public Tensor apply(Tensor x) {
            return torch.square(torch.relu(x));
        }
    },
    /** The hyperbolic tangent. */
    TANH {
        @Override
        public Tensor apply(Tensor x) {
            return torch.tanh(x);
        }
    },
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID {
        @Override
        public Tensor apply(Tensor x) {
            return torch.sigmoid(x);
        }
    };

    /**
     * The function, element by element.
     *
     * @param x of any shape
     * @return a new tensor of the same shape and type
     */
    public abstract Tensor apply(Tensor x);
}
