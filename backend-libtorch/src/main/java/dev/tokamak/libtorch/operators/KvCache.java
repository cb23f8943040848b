package dev.tokamak.libtorch.operators;

import dev.tokamak.api.Incubating;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The memory of the paged KV cache.
 *
 * @since 0.1
 */
@Incubating
public interface KvCache {
    /**
     * A layer's keys and values. Layers of different groups may share memory: they never share a block.
     *
     * @param layer from 0
     * @return {@code [blocks * blockSize, 2, kvHeads, headDim]}, or {@code [blocks * blockSize, headDim]} of latent attention; owned by the
     *     cache
     */
    Tensor layer(int layer);

    /**
     * How a layer looks at the cache.
     *
     * @param layer from 0
     * @return its group and window
     */
    CacheView view(int layer);

    /**
     * All ways in which layers look at the cache.
     *
     * @return each once
     */
    List<CacheView> views();

    /**
     * How many groups of layers have block tables of their own.
     *
     * @return 1 or more
     */
    int groups();

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
