package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;

/**
 * Layers that remember alike: what a {@link dev.tokamak.spi.kvcache.KvCacheManager} must keep for them. Groups that take blocks share
 * one pool of block ids, and a block is of one size whatever group it is given to: an executor whose layers differ makes
 * groups of so many layers that their bytes for a token agree, or lets the widest group decide. A model without any group
 * has no cache at all.
 *
 * @since 0.1
 */
@Incubating
public sealed interface KvGroup {
    /**
     * Keys and values of all tokens.
     *
     * @param bytesPerToken memory for one token over all layers of the group
     * @return a group that takes blocks
     */
    static KvGroup full(long bytesPerToken) {
        return new Full(bytesPerToken);
    }

    /**
     * Keys and values of the last tokens.
     *
     * @param window how many tokens a token sees, itself included
     * @param bytesPerToken memory for one token over all layers of the group
     * @return a group that takes blocks
     */
    static KvGroup window(int window, long bytesPerToken) {
        return new Window(window, bytesPerToken);
    }

    /**
     * One latent vector for each token, of which keys and values are made.
     *
     * @param bytesPerToken memory for one token over all layers of the group
     * @return a group that takes blocks
     */
    static KvGroup latent(long bytesPerToken) {
        return new Latent(bytesPerToken);
    }

    /**
     * A state for each sequence, whatever its length.
     *
     * @param bytesPerSequence memory for one sequence over all layers of the group
     * @return a group that takes no blocks
     */
    static KvGroup state(long bytesPerSequence) {
        return new State(bytesPerSequence);
    }

    /**
     * Whether the group's memory is handed out in blocks of tokens.
     *
     * @return false for {@link State} alone
     */
    default boolean takesBlocks() {
        return true;
    }

    /**
     * How many tokens a token sees, itself included.
     *
     * @return 0 for all before it
     */
    default int window() {
        return 0;
    }

    /**
     * What the group's memory grows by with each token.
     *
     * @return in bytes, over all layers of the group; 0 for a {@link State}
     */
    default long bytesPerToken() {
        return 0;
    }

    /**
     * Layers that look at everything before.
     *
     * @param bytesPerToken memory for one token's keys and values over all layers of the group
     * @since 0.2
     */
    @Incubating
    record Full(long bytesPerToken) implements KvGroup {}

    /**
     * Layers that look at the last tokens. Blocks behind every window can be given back.
     *
     * @param window how many tokens a token sees, itself included; 1 or more
     * @param bytesPerToken memory for one token's keys and values over all layers of the group
     * @since 0.2
     */
    @Incubating
    record Window(int window, long bytesPerToken) implements KvGroup {
        /** Refuses a window in which nothing is seen. */
        public Window {
            if (window < 1) {
                throw new IllegalArgumentException("a window must see one token or more, got " + window);
            }
        }
    }

    /**
     * Layers that look at everything before and keep one latent vector for each token.
     *
     * @param bytesPerToken memory for one token's vectors over all layers of the group
     * @since 0.2
     */
    @Incubating
    record Latent(long bytesPerToken) implements KvGroup {}

    /**
     * Recurrent layers, which fold all tokens into a state. It lies in the executor's slot and begins anew with it, so that it takes
     * no block; and since nobody has the state of a sequence's middle, no prefix is shared where there is such a group.
     *
     * @param bytesPerSequence memory for one sequence's state over all layers of the group
     * @since 0.2
     */
    @Incubating
    record State(long bytesPerSequence) implements KvGroup {
        @Override
        public boolean takesBlocks() {
            return false;
        }
    }
}
