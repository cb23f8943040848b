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
 * @since 0.1
 */
@Incubating
public record AttentionShape(int heads, int kvHeads, int headDim, double scale, int window, double softCap) {
    /**
     * The width of all queries of a token.
     *
     * @return elements
     */
    public int queryWidth() {
        return heads * headDim;
    }

    /**
     * The width of all keys of a token, which is also that of its values.
     *
     * @return elements
     */
    public int keyWidth() {
        return kvHeads * headDim;
    }
}
