package dev.tokamak.engine.cache;

import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.kvcache.KvCacheManagerProvider;
import java.util.List;

/** The manager that comes with the engine: {@code default}. */
public final class PagedKvCacheManagerProvider implements KvCacheManagerProvider {
    /** For {@link java.util.ServiceLoader}. */
    public PagedKvCacheManagerProvider() {}

    @Override
    public String name() {
        return "default";
    }

    @Override
    public KvCacheManager create(List<KvGroup> groups, int blocks, int blockSize, boolean prefixCaching) {
        return new PagedKvCacheManager(groups, blocks, blockSize, prefixCaching);
    }
}
