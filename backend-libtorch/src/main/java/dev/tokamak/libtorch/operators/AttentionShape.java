package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;

/**
 * One layer's attention.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; each serves {@code heads / kvHeads} query heads
 * @param headDim elements in a head
 * @param scale by which products of queries and keys are multiplied
 * @param window how many tokens a token sees in a direction in which it looks, itself included; 0 for all
 * @param softCap if over 0, a scaled product {@code s} becomes {@code softCap * tanh(s / softCap)}
 * @param latent if over 0, a token's value is the last so many elements of its key, and nothing else is cached: latent attention, whose
 *     queries were multiplied by what makes keys of latents; there is one key-value head then
 * @since 0.1
 */
@Incubating
public record AttentionShape(
        int heads, int kvHeads, int headDim, double scale, int window, double softCap, int latent) {
    /**
     * Attention with keys and values of their own.
     *
     * @param heads query heads
     * @param kvHeads key and value heads
     * @param headDim elements in a head
     * @param scale by which products of queries and keys are multiplied
     * @param window how many tokens a token sees
     * @param softCap of scaled products, or 0
     */
    public AttentionShape(int heads, int kvHeads, int headDim, double scale, int window, double softCap) {
        this(heads, kvHeads, headDim, scale, window, softCap, 0);
    }

    /**
     * The width of all queries of a token.
     *
     * @return elements
     */
    public int queryWidth() {
        return heads * headDim;
    }

    /**
     * The width of all keys of a token, which is also that of its values unless it is {@link #latent}.
     *
     * @return elements
     */
    public int keyWidth() {
        return kvHeads * headDim;
    }

    /**
     * What the cache holds of a token: keys and values one behind another.
     *
     * @return elements
     */
    public int cacheWidth() {
        return latent > 0 ? headDim : 2 * keyWidth();
    }

    /**
     * Where the first value stands in what the cache holds of a token.
     *
     * @return elements before it
     */
    public int valueBegin() {
        return latent > 0 ? headDim - latent : keyWidth();
    }

    /**
     * Elements in a head's value.
     *
     * @return as many as in its key, or fewer if it is {@link #latent}
     */
    public int valueDim() {
        return latent > 0 ? latent : headDim;
    }

    /**
     * The width of what attention gives for a token.
     *
     * @return elements
     */
    public int outputWidth() {
        return heads * valueDim();
    }
}
