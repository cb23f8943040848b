package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * What the parts of a model ask of a device: the steps of one forward pass, each as coarse as the widest fusion that a device may
 * want. What is fused is decided here, never in a part. Layouts, threads and ownership are in the package description.
 *
 * @since 0.1
 */
@Incubating
public interface Operators extends AutoCloseable {
    /**
     * What the weights are multiplied with, for the log.
     *
     * @return a few words
     */
    String describe();

    /**
     * Puts a weight into the form in which it is multiplied.
     *
     * @param weight {@code [out, in]} on the device; the caller closes it afterwards
     * @param bias {@code [out]}, or null if there is none; the caller closes it afterwards
     * @return owned by the caller
     */
    Linear linear(Tensor weight, Tensor bias);

    /**
     * A place for weights of experts, in the form in which tokens are multiplied by those of their own.
     *
     * @param count how many weights
     * @param out rows of each
     * @param in columns of each
     * @param biased whether they have biases
     * @return empty, owned by the caller
     */
    LinearStack stack(int count, int out, int in, boolean biased);

    /**
     * Looks the step's tokens up.
     *
     * @param table {@code [vocabulary, hidden]}, of the stored type or the compute type
     * @return {@code [tokens, hidden]} of the compute type
     */
    Tensor embed(Tensor table);

    /**
     * The positions of the step's tokens in their sequences.
     *
     * @return int32 or int64 {@code [tokens]} on the device; shared
     */
    Tensor positions();

    /**
     * Which part of its sequence each of the step's tokens belongs to, where models tell the parts apart.
     *
     * @return int64 {@code [tokens]} on the device, shared; or null if all belong to the first
     */
    default Tensor tokenTypes() {
        return null;
    }

    /**
     * Normalises.
     *
     * @param x {@code [tokens, width]}
     * @param norm whose weight is {@code [width]}
     * @return {@code [tokens, width]}
     */
    Tensor norm(Tensor x, NormWeights norm);

    /**
     * Adds to the residual stream, in place, and normalises the sum.
     *
     * @param residual {@code [tokens, hidden]}; {@code delta} is added to it
     * @param delta {@code [tokens, hidden]}
     * @param norm of the width {@code hidden}
     * @return the normalised sum
     */
    default Tensor addNorm(Tensor residual, Tensor delta, NormWeights norm) {
        residual.add_(delta);
        return norm(residual, norm);
    }

    /**
     * Attention of the step's tokens: normalises the heads of queries and keys if the layer does, turns them by their positions, writes
     * keys and values into the cache, and lets each query attend to its sequence there.
     *
     * @param qkv {@code [tokens, (heads + 2 * kvHeads) * headDim]}, or {@code [tokens, (heads + 1) * headDim]} of latent attention; may be
     *     overwritten
     * @param layer whose attention it is
     * @return {@code [tokens, heads * valueDim]}, contiguous
     */
    Tensor attention(Tensor qkv, AttentionLayer layer);

    /**
     * Convolves the step's tokens along their sequences, and keeps what the next step will see of them.
     *
     * @param x {@code [tokens, channels]}
     * @param layer whose convolution it is
     * @return {@code [tokens, channels]}; may be changed in place
     * @throws UnsupportedOperationException if the device does not know such models
     */
    default Tensor convolve(Tensor x, CausalConvolution layer) {
        throw new UnsupportedOperationException("recurrent layers");
    }

    /**
     * Chooses each token's experts. Of equal scores those count more that {@code torch.topk} takes.
     *
     * @param logits {@code [tokens, experts]}, of the compute type or float32
     * @param routing how
     * @return the experts and their shares
     */
    Routes route(Tensor logits, Routing routing);

    /**
     * What each token's experts make of it, by their shares: gated feed-forward networks.
     *
     * @param x {@code [tokens, hidden]}
     * @param routes of the tokens
     * @param in {@code [2 * intermediate, hidden]} of each expert, the gate above what is gated
     * @param gate between the projections
     * @param out {@code [hidden, intermediate]} of each expert
     * @return {@code [tokens, hidden]}; may be changed in place
     */
    Tensor experts(Tensor x, Routes routes, LinearStack in, Gate gate, LinearStack out);

    /**
     * Attention of whole sequences in both directions, without a cache: normalises the heads of queries and keys if the layer does, turns
     * them by their positions, and lets each query attend to all keys of its row, or to those within the layer's window on either side.
     *
     * @param qkv {@code [tokens, (heads + 2 * kvHeads) * headDim]}; may be overwritten
     * @param layer whose attention it is, without caps and sinks
     * @param byDistance {@code [heads, 2 * most - 1]}, what is added to the scaled products by how far the key is behind the query, from
     *     {@code 1 - most} on; null for nothing. The same for all layers of a model
     * @return {@code [tokens, heads * headDim]}, contiguous
     * @throws UnsupportedOperationException if the device does not know such models
     */
    default Tensor attentionWithin(Tensor qkv, AttentionLayer layer, Tensor byDistance) {
        throw new UnsupportedOperationException("attention in both directions");
    }

    /**
     * Makes one vector of the tokens of each of some rows.
     *
     * @param x {@code [tokens, width]}
     * @param how they are put together
     * @param rows of the step, 1 or more
     * @return float32 {@code [rows, width]}
     * @throws UnsupportedOperationException if the device does not know such models
     */
    default Tensor pooled(Tensor x, PoolingMode how, int[] rows) {
        throw new UnsupportedOperationException("pooling");
    }

    /**
     * The rows that the step samples from.
     *
     * @param x {@code [tokens, width]}
     * @return {@code [sampled, width]}
     */
    Tensor sampled(Tensor x);

    /**
     * Projects to the vocabulary.
     *
     * @param x {@code [sampled, hidden]}
     * @param head {@code hidden} to the vocabulary
     * @return {@code [sampled, vocabulary]}, of the compute type or float32; may be changed in place
     */
    default Tensor project(Tensor x, Linear head) {
        return head.apply(x);
    }

    /** Frees what the operators keep for themselves. */
    @Override
    default void close() {}
}
