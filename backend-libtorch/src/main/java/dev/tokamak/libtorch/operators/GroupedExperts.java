package dev.tokamak.libtorch.operators;

import dev.tokamak.libtorch.tensors.BoxedOperator;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * All experts at once by libtorch's grouped product. Nothing is read back by the host: the rows are sorted by expert on the device,
 * and the product is told there where each expert's rows end. What is enqueued depends on the number of tokens alone.
 */
public final class GroupedExperts implements AutoCloseable {
    /** The grouped product reads rows of weights in pieces of so many bytes. */
    private static final int ALIGNMENT = 16;

    private static final int MOST_GROUPS = 1024;

    private final BoxedOperator product = new BoxedOperator(
            "aten::_grouped_mm",
            "(Tensor self, Tensor mat2, Tensor? offs=None, Tensor? bias=None, ScalarType? out_dtype=None) -> Tensor");

    /**
     * Whether the product takes weights.
     *
     * @param type of weights and tokens
     * @param count of weights
     * @param out rows of each weight
     * @param in columns of each weight
     */
    public static boolean fit(TensorType type, int count, int out, int in) {
        return type == TensorType.BF16 && count < MOST_GROUPS && aligned(out, type) && aligned(in, type);
    }

    /**
     * Whether the product is one kernel on a device, rather than one for each expert that the host counts the rows for.
     *
     * @param computeCapability ten times major plus minor
     */
    public static boolean enqueue(int computeCapability) {
        return computeCapability / 10 == 9 || computeCapability / 10 == 10;
    }

    private static boolean aligned(int width, TensorType type) {
        return width * type.bytes() % ALIGNMENT == 0;
    }

    /**
     * {@link Operators#experts}.
     *
     * @param x {@code [tokens, hidden]}
     * @param routes of the tokens
     * @param in first projections
     * @param gate from {@code [rows, 2 * intermediate]} to {@code [rows, intermediate]}
     * @param out second projections
     * @return {@code [tokens, hidden]}
     */
    public Tensor run(Tensor x, Routes routes, StackedWeights in, UnaryOperator<Tensor> gate, StackedWeights out) {
        long tokens = x.size(0);
        long top = routes.experts().size(1);
        T_TensorTensor_T sorted = torch.sort(routes.experts().view(-1), new BoolOptional(true), 0, false);
        Tensor expertOf = sorted.get0();
        Tensor placeOf = sorted.get1();
        Tensor ends =
                torch.searchsorted(expertOf, in.numbers(), true, true, new StringViewOptional(), new TensorOptional());
        try (Scalar each = new Scalar(top)) {
            Tensor rows = torch.index_select(x, 0, torch.floor_divide(placeOf, each));
            Tensor inner = gate.apply(product(rows, in, expertOf, ends));
            Tensor results = product(inner, out, expertOf, ends);
            Tensor back = torch.empty_like(results).index_copy_(0, placeOf, results);
            return SortedExperts.sum(back.view(tokens, top, -1), routes, x);
        }
    }

    private Tensor product(Tensor rows, StackedWeights weights, Tensor expertOf, Tensor ends) {
        try (IValue left = new IValue(rows);
                IValue right = new IValue(weights.weights().transpose(1, 2));
                IValue offsets = new IValue(ends);
                IValue none = new IValue()) {
            Tensor result = product.callTensor(left, right, offsets, none, none);
            return weights.biases() == null ? result : result.add_(torch.index_select(weights.biases(), 0, expertOf));
        }
    }

    @Override
    public void close() {
        product.close();
    }
}
