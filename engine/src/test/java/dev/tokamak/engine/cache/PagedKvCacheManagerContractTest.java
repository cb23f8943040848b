package dev.tokamak.engine.cache;

import dev.tokamak.spi.kvcache.KvCacheManagerProvider;
import dev.tokamak.tck.KvCacheManagerContract;

class PagedKvCacheManagerContractTest extends KvCacheManagerContract {
    @Override
    protected KvCacheManagerProvider provider() {
        return new PagedKvCacheManagerProvider();
    }
}
