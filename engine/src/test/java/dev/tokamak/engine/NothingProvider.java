package dev.tokamak.engine;

import dev.tokamak.spi.chattemplate.ChatTemplate;
import dev.tokamak.spi.chattemplate.ChatTemplateProvider;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;
import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.kvcache.KvCacheManagerProvider;
import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.SchedulerContext;
import dev.tokamak.spi.scheduler.SchedulerProvider;
import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.TokenizerProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A provider of many kinds that makes nothing. */
public final class NothingProvider
        implements SchedulingPolicyProvider,
                SchedulerProvider,
                KvCacheManagerProvider,
                ExecutorProvider,
                TokenizerProvider,
                ChatTemplateProvider {
    @Override
    public String name() {
        return "nothing";
    }

    @Override
    public SchedulingPolicy create(Map<String, String> options) {
        return null;
    }

    @Override
    public Scheduler create(SchedulerContext context) {
        return null;
    }

    @Override
    public KvCacheManager create(List<KvGroup> groups, int blocks, int blockSize, boolean prefixCaching) {
        return null;
    }

    @Override
    public boolean supports(ExecutorConfig config) {
        return false;
    }

    @Override
    public Executor create(ExecutorConfig config) {
        return null;
    }

    @Override
    public boolean supports(Path folder) {
        return false;
    }

    @Override
    public Tokenizer create(Path folder) {
        return null;
    }

    @Override
    public boolean supports(String source) {
        return false;
    }

    @Override
    public ChatTemplate compile(String source) {
        return null;
    }
}
