package dev.tokamak.spi.kvcache;

import dev.tokamak.api.Incubating;
import dev.tokamak.spi.executor.KvGroup;
import java.util.List;

/**
 * Makes KV cache managers.
 *
 * @since 0.1
 */
@Incubating
public interface KvCacheManagerProvider {
    /**
     * The name by which a configuration chooses this manager.
     *
     * @return lower case
     */
    String name();

    /**
     * Makes a manager of blocks {@code 0} to {@code blocks - 1}.
     *
     * @param groups of the model; possibly none
     * @param blocks how many; 0 if no group takes any
     * @param blockSize tokens in a block
     * @param prefixCaching whether blocks of equal prefixes are shared
     * @return a new manager, used by one engine thread
     */
    KvCacheManager create(List<KvGroup> groups, int blocks, int blockSize, boolean prefixCaching);
}
