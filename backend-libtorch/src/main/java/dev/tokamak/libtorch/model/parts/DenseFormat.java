package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.LinearStack;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Weights as matrices of numbers, in 16 or 32 bits.
 *
 * @param transposed whether the files hold {@code [in, out]}, as those of GPT-2 do
 */
record DenseFormat(boolean transposed) implements LinearFormat {
    @Override
    public Linear load(PartLoader from, List<Piece> pieces, int in, boolean biased, Cut cut) {
        TensorType type = from.device().type();
        try (Tensor weight = from.rows(type, pieces, ".weight", in, transposed);
                Tensor bias = biased ? from.rows(type, pieces, ".bias", 0, false) : null) {
            return from.operators().linear(weight, bias);
        }
    }

    @Override
    public LinearStack loadStack(PartLoader from, List<List<Piece>> experts, int in, boolean biased, Cut cut) {
        TensorType type = from.device().type();
        int out = experts.get(0).stream().mapToInt(Piece::rows).sum();
        LinearStack stack = from.operators().stack(experts.size(), out, in, biased);
        try {
            for (int i = 0; i < experts.size(); i++) {
                try (Tensor weight = from.rows(type, experts.get(i), ".weight", in, transposed);
                        Tensor bias = biased ? from.rows(type, experts.get(i), ".bias", 0, false) : null) {
                    stack.put(i, weight, bias);
                }
            }
            return stack;
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
    }
}
