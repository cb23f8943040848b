package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.AttentionShape;

/** What has a layer of the KV cache. */
sealed interface CachingSublayer permits Attention, LatentAttention {
    /** What the layer's keys and values look like. */
    AttentionShape shape();

    /** Says which layer of the KV cache is this one's. */
    void cacheLayer(int index);
}
