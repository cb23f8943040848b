package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import org.bytedeco.pytorch.Tensor;

/**
 * The memory of the paged KV cache.
 *
 * @since 0.1
 */
@Incubating
public interface KvCache {
    /**
     * A layer's keys and values.
     *
     * @param layer from 0
     * @return {@code [blocks * blockSize, 2, kvHeads, headDim]}, owned by the cache
     */
    Tensor layer(int layer);

    /**
     * Tokens in a block.
     *
     * @return 1 or more
     */
    int blockSize();

    /**
     * How many blocks there are.
     *
     * @return 1 or more
     */
    int blocks();
}
