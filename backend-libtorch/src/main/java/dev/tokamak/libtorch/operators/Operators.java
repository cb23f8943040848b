package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The steps that a decoder and its sampler are made of. Layouts, threads and ownership are in the package description.
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
     * Looks tokens up.
     *
     * @param table {@code [vocabulary, hidden]}, of the stored type or the compute type
     * @param ids int64 {@code [tokens]}
     * @return {@code [tokens, hidden]} of the compute type
     */
    Tensor embed(Tensor table, Tensor ids);

    /**
     * Root-mean-square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467).
     *
     * @param x {@code [tokens, hidden]}
     * @param weight {@code [hidden]}
     * @param epsilon added to the mean square
     * @return {@code [tokens, hidden]}
     */
    Tensor rmsNorm(Tensor x, Tensor weight, double epsilon);

    /**
     * Adds to the residual stream, in place, and normalises the sum.
     *
     * @param residual {@code [tokens, hidden]}; {@code delta} is added to it
     * @param delta {@code [tokens, hidden]}
     * @param weight {@code [hidden]}
     * @param epsilon added to the mean square
     * @return the normalised sum
     */
    Tensor addRmsNorm(Tensor residual, Tensor delta, Tensor weight, double epsilon);

    /**
     * Normalises each head's query and key, in place.
     *
     * @param qkv {@code [tokens, (heads + 2 * kvHeads) * headDim]}
     * @param weight {@code [heads + kvHeads, headDim]}: the queries' weight for each head, then the keys'
     * @param shape of the layer
     * @param epsilon added to the mean square
     */
    void normHeads(Tensor qkv, Tensor weight, AttentionShape shape, double epsilon);

    /**
     * Turns queries and keys by their position, in place, and writes keys and values into the cache.
     *
     * @param qkv {@code [tokens, (heads + 2 * kvHeads) * headDim]}
     * @param shape of the layer
     * @param cache with the layer's memory
     * @param layer from 0
     * @param step of this pass
     */
    void rotateAndStore(Tensor qkv, AttentionShape shape, KvCache cache, int layer, StepInputs step);

    /**
     * Each query's attention over its sequence in the cache, which holds this step's keys and values already.
     *
     * @param qkv as {@link #rotateAndStore} left it
     * @param shape of the layer
     * @param cache with the layer's memory
     * @param layer from 0
     * @param step of this pass
     * @return {@code [tokens, heads * headDim]}, contiguous
     */
    Tensor attention(Tensor qkv, AttentionShape shape, KvCache cache, int layer, StepInputs step);

    /**
     * The gate of the MLP: {@code silu(gate) * up}.
     *
     * @param gateUp {@code [tokens, 2 * intermediate]}; may be overwritten
     * @return {@code [tokens, intermediate]}, contiguous
     */
    Tensor siluMul(Tensor gateUp);

    /**
     * Draws a token from each row of logits: greedily, or after temperature, min-p, top-k and top-p in this order, as the first
     * token at which the running sum of probability exceeds the row's random number.
     *
     * @param logits float32 {@code [rows, vocabulary]}; may be overwritten
     * @param inputs how each row is drawn from
     * @return int64 {@code [rows]}; -1 where a row's largest logit is not a finite number
     */
    Tensor draw(Tensor logits, DrawInputs inputs);

    /**
     * Arranges what all layers of a step share. Called before the first layer.
     *
     * @param step that begins
     * @param cache that it uses
     * @param shapes the different shapes that layers have
     */
    default void beginStep(StepInputs step, KvCache cache, List<AttentionShape> shapes) {}

    /** Frees what the operators keep for themselves. */
    @Override
    default void close() {}
}
