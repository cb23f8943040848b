package dev.tokamak.libtorch.attention;

import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.AttentionShape;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Softmax of products of queries and keys, times values: by libtorch's fused operator, or written out for layers whose products are
 * capped, whose softmax has sinks or whose values are parts of their keys, which it does not know or computes at great cost.
 */
final class AttentionProduct {
    /** Products that are written out at once: 256 MiB of them. */
    private static final long MOST_PRODUCTS = 1L << 26;

    private AttentionProduct() {}

    /**
     * Single queries of several sequences.
     *
     * @param queries {@code [sequences, kvHeads, shared, headDim]}: the query heads that share a key head, one after another
     * @param keys {@code [sequences, kvHeads, context, headDim]}
     * @param values {@code [sequences, kvHeads, context, valueDim]}
     * @param mask added to the products, or null
     * @param layer whose attention it is
     * @return {@code [sequences, kvHeads, shared, valueDim]}
     */
    static Tensor singles(Tensor queries, Tensor keys, Tensor values, Tensor mask, AttentionLayer layer) {
        AttentionShape shape = layer.shape();
        if (fused(layer)) {
            return fused(queries, keys, values, mask, false, shape);
        }
        Tensor sinks = layer.sinks() == null ? null : layer.sinks().view(1, shape.kvHeads(), -1, 1);
        return writtenOut(queries, keys, values, mask, shape, sinks);
    }

    /**
     * Several queries of one sequence.
     *
     * @param queries {@code [kvHeads, shared, queries, headDim]}
     * @param keys {@code [kvHeads, context, headDim]}
     * @param values {@code [kvHeads, context, valueDim]}
     * @param mask added to the products, or null
     * @param causal whether a query sees the keys up to its own place; there is no mask then
     * @param layer whose attention it is
     * @return {@code [kvHeads, shared, queries, valueDim]}
     */
    static Tensor chunk(Tensor queries, Tensor keys, Tensor values, Tensor mask, boolean causal, AttentionLayer layer) {
        AttentionShape shape = layer.shape();
        if (fused(layer)) {
            long[] sizes = {shape.kvHeads(), queries.size(1), keys.size(1), shape.headDim()};
            return fused(
                    queries,
                    keys.unsqueeze(1).expand(sizes),
                    values.unsqueeze(1).expand(sizes),
                    mask,
                    causal,
                    shape);
        }
        Tensor sinks = layer.sinks() == null ? null : layer.sinks().view(shape.kvHeads(), -1, 1, 1);
        long length = queries.size(2);
        long context = keys.size(1);
        long most = Math.max(1, MOST_PRODUCTS / (shape.heads() * context));
        TensorVector done = new TensorVector();
        for (long from = 0; from < length; from += most) {
            long count = Math.min(most, length - from);
            Tensor own = causal ? future(count, context, from, queries) : mask.narrow(0, from, count);
            done.push_back(writtenOut(queries.narrow(2, from, count), keys, values, own, shape, sinks));
        }
        return torch.cat(done, 2);
    }

    private static boolean fused(AttentionLayer layer) {
        return layer.shape().softCap() == 0
                && layer.sinks() == null
                && layer.shape().latent() == 0;
    }

    /** By libtorch's operator, of layers without caps and sinks; the parameters are those of {@link #chunk}. */
    static Tensor fused(Tensor queries, Tensor keys, Tensor values, Tensor mask, boolean causal, AttentionShape shape) {
        return torch.scaled_dot_product_attention(
                queries,
                keys,
                values,
                mask == null ? new TensorOptional() : new TensorOptional(mask),
                0.0,
                causal,
                new DoubleOptional(shape.scale()),
                false);
    }

    /** Minus infinity for keys behind a query. */
    private static Tensor future(long length, long context, long from, Tensor like) {
        try (Scalar minusInfinity = new Scalar(Double.NEGATIVE_INFINITY)) {
            return like.new_empty(length, context).fill_(minusInfinity).triu_(from + 1);
        }
    }

    private static Tensor writtenOut(
            Tensor queries, Tensor keys, Tensor values, Tensor mask, AttentionShape shape, Tensor sinks) {
        try (Scalar scale = new Scalar(shape.scale());
                Scalar cap = new Scalar(shape.softCap())) {
            Tensor products = product(queries, keys.transpose(-2, -1))
                    .to(ScalarType.Float)
                    .mul_(scale);
            if (shape.softCap() > 0) {
                products.div_(cap).tanh_().mul_(cap);
            }
            if (mask != null) {
                products.add_(mask);
            }
            Tensor shares = sinks == null ? torch.softmax(products, -1) : softmax(products, sinks);
            return product(shares.to(values.scalar_type()), values);
        }
    }

    /** Rows of all heads that share keys go into one product, for which nothing is repeated. */
    private static Tensor product(Tensor rows, Tensor matrices) {
        if (rows.dim() == matrices.dim()) {
            return torch.matmul(rows, matrices);
        }
        long width = rows.size(3);
        return torch.matmul(rows.reshape(rows.size(0), -1, width), matrices)
                .view(rows.size(0), rows.size(1), rows.size(2), -1);
    }

    /** With one more score in each row, which has no value. */
    private static Tensor softmax(Tensor products, Tensor sinks) {
        Tensor largest = torch.maximum(products.amax(new long[] {-1}, true), sinks);
        Tensor powers = products.sub_(largest).exp_();
        Tensor all = torch.sum(powers, new long[] {-1}, true, new ScalarTypeOptional())
                .add_(sinks.sub(largest).exp_());
        return powers.div_(all);
    }
}
