package dev.tokamak.libtorch.operators;

import dev.tokamak.libtorch.tensors.ComputeDevice;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Experts one after another, each for all rows that chose it. The host sorts the rows, and so waits for the choice; in exchange no
 * expert is touched that nobody chose.
 */
final class SortedExperts {
    private final ComputeDevice device;

    SortedExperts(ComputeDevice device) {
        this.device = device;
    }

    /** {@link Operators#experts}. */
    Tensor run(Tensor x, Routes routes, LinearStack in, Gate gate, LinearStack out) {
        int tokens = (int) x.size(0);
        int top = (int) routes.experts().size(1);
        int rows = tokens * top;
        long[] chosen = new long[rows];
        device.download(routes.experts(), chosen, rows);
        int[] ends = new int[in.count() + 1];
        for (long expert : chosen) {
            ends[(int) expert + 1]++;
        }
        for (int i = 1; i < ends.length; i++) {
            ends[i] += ends[i - 1];
        }
        int[] next = ends.clone();
        long[] tokenOf = new long[rows];
        long[] placeOf = new long[rows];
        for (int i = 0; i < rows; i++) {
            int place = next[(int) chosen[i]]++;
            tokenOf[place] = i / top;
            placeOf[i] = place;
        }
        Tensor sorted = torch.index_select(x, 0, device.upload(tokenOf, rows));
        try (TensorVector results = new TensorVector()) {
            for (int expert = 0; expert < in.count(); expert++) {
                int count = ends[expert + 1] - ends[expert];
                if (count > 0) {
                    Tensor own = sorted.narrow(0, ends[expert], count);
                    results.push_back(out.get(expert).apply(gated(own, in.get(expert), gate)));
                }
            }
            Tensor back = torch.index_select(torch.cat(results, 0), 0, device.upload(placeOf, rows));
            return sum(back.view(tokens, top, -1), routes, x);
        }
    }

    private static Tensor gated(Tensor x, Linear in, Gate gate) {
        return gate.isClamped() ? gate.apply(in.apply(x)) : in.gated(x, gate.activation());
    }

    /** What a token's experts give, {@code [tokens, top, hidden]}, by their shares; in the type of the tokens. */
    static Tensor sum(Tensor results, Routes routes, Tensor x) {
        return torch.mul(results, routes.shares().unsqueeze(-1)).sum(1).to(x.scalar_type());
    }
}
