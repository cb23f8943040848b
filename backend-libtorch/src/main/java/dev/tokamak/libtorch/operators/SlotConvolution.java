package dev.tokamak.libtorch.operators;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Convolution along the rows of a step in ATen, which takes up where the sequence's last step ended. Rows of one token are computed
 * together, others one by one.
 */
final class SlotConvolution {
    private final StepInputs step;
    private final CausalConvolution layer;
    private final Tensor state;
    private final int before;

    SlotConvolution(StepInputs step, CausalConvolution layer, Tensor state) {
        this.step = step;
        this.layer = layer;
        this.state = state;
        this.before = layer.kernel() - 1;
    }

    /**
     * The convolution.
     *
     * @param x {@code [tokens, channels]}
     * @return {@code [tokens, channels]}
     */
    Tensor run(Tensor x) {
        if (step.freshSlots() != null) {
            try (Scalar zero = new Scalar(0.0)) {
                state.index_fill_(0, step.freshSlots(), zero);
            }
        }
        return step.tokens() == step.rows() ? singles(x) : rows(x);
    }

    private Tensor singles(Tensor x) {
        Tensor seen = cat(1, torch.index_select(state, 0, step.slots()), x.unsqueeze(1));
        state.index_copy_(0, step.slots(), seen.narrow(1, 1, before));
        return biased(seen.mul(layer.weight()).sum(1));
    }

    private Tensor rows(Tensor x) {
        List<Tensor> rows = new ArrayList<>();
        for (int row = 0; row < step.rows(); row++) {
            int begin = step.rowStart(row);
            long length = (long) step.rowStart(row + 1) - begin;
            Tensor memory = state.select(0, step.slot(row));
            Tensor seen = cat(0, memory, x.narrow(0, begin, length));
            Tensor sum = seen.narrow(0, 0, length).mul(layer.weight().select(0, 0));
            for (int i = 1; i <= before; i++) {
                sum.addcmul_(seen.narrow(0, i, length), layer.weight().select(0, i));
            }
            memory.copy_(seen.narrow(0, length, before));
            rows.add(biased(sum));
        }
        try (TensorVector all = new TensorVector(rows.toArray(new Tensor[0]))) {
            return torch.cat(all, 0);
        }
    }

    private Tensor biased(Tensor sum) {
        return layer.bias() == null ? sum : sum.add_(layer.bias());
    }

    private static Tensor cat(int dimension, Tensor one, Tensor other) {
        try (TensorVector both = new TensorVector(one, other)) {
            return torch.cat(both, dimension);
        }
    }
}
