package dev.tokamak.engine;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.output.OutputRing;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.engine.plugin.PluginRegistry;
import dev.tokamak.engine.step.StepLoop;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.SchedulerContext;
import dev.tokamak.spi.scheduler.SchedulingPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/** The one thread that touches an executor: loads the model, runs the step loop, and frees everything at the end. */
final class EngineThread implements Runnable {
    private static final System.Logger LOG = System.getLogger(EngineThread.class.getName());

    private final Executor executor;
    private final ExecutorConfig executorConfig;
    private final PluginRegistry plugins;
    private final ChosenPlugins chosen;
    private final OutputRing ring;
    private final ExecutorService maskWorkers;
    private final int maskWorkerCount;
    private final LoadProgress progress;
    private final CompletableFuture<Started> started = new CompletableFuture<>();

    /**
     * What is known once the model is loaded.
     *
     * @param info of the executor
     * @param loop that runs now
     * @param maxModelLen tokens in a sequence
     * @param blockSize tokens in a KV block
     * @param cacheTokens the longest sequence that the whole KV cache could hold
     */
    record Started(ModelInfo info, StepLoop loop, int maxModelLen, int blockSize, int cacheTokens) {}

    EngineThread(
            Executor executor,
            ExecutorConfig executorConfig,
            PluginRegistry plugins,
            ChosenPlugins chosen,
            OutputRing ring,
            ExecutorService maskWorkers,
            int maskWorkerCount,
            LoadProgress progress) {
        this.executor = executor;
        this.executorConfig = executorConfig;
        this.plugins = plugins;
        this.chosen = chosen;
        this.ring = ring;
        this.maskWorkers = maskWorkers;
        this.maskWorkerCount = maskWorkerCount;
        this.progress = progress;
    }

    /** Completes when steps can be run, or exceptionally if loading failed. */
    CompletableFuture<Started> started() {
        return started;
    }

    @Override
    public void run() {
        try {
            Started ready = start();
            started.complete(ready);
            ready.loop().run();
        } catch (RuntimeException | Error e) {
            ring.close();
            started.completeExceptionally(e);
        } finally {
            close();
        }
    }

    private void close() {
        try {
            executor.close();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "the executor did not close cleanly", e);
        }
    }

    private Started start() {
        EngineConfig config = executorConfig.engine();
        ModelInfo info = executor.load(progress);
        int maxModelLen = maxModelLen(config, info);
        if (!info.promptMayBeCut() && maxModelLen > executorConfig.maxNumBatchedTokens()) {
            maxModelLen = executorConfig.maxNumBatchedTokens();
            LOG.log(
                    System.Logger.Level.INFO,
                    "prompts of this model are computed whole: they have at most {0} tokens (max-num-batched-tokens)",
                    Integer.toString(maxModelLen));
        }
        int blockSize = blockSize(config, info);
        int blocks = info.takesBlocks() ? executor.kvCapacity(blockSize) : 0;
        executor.allocateKvCache(blockSize, blocks);
        progress.update("warm-up", 0);
        executor.warmUp();
        progress.update("warm-up", 1);

        // Who shares what is decided by the keys that sequences bring along, so the manager can always share.
        KvCacheManager kvCache = plugins.ask(
                PluginKind.KV_CACHE_MANAGER,
                chosen.kvCache(),
                "create",
                each -> each.create(info.kvGroups(), blocks, blockSize, true));
        SchedulerContext context = new SchedulerContext(
                policy(config),
                kvCache,
                executorConfig.maxNumSeqs(),
                executorConfig.maxNumBatchedTokens(),
                maxModelLen,
                blockSize,
                executor.maxInFlight(),
                info.promptMayBeCut(),
                info.maxDrafts());
        Scheduler scheduler =
                plugins.ask(PluginKind.SCHEDULER, chosen.scheduler(), "create", each -> each.create(context));
        StepLoop loop = new StepLoop(
                executor,
                scheduler,
                kvCache,
                ring,
                info.vocabularySize(),
                maskWorkers,
                maskWorkerCount,
                config.watchdogMillis());
        return new Started(info, loop, maxModelLen, blockSize, longestThatFits(kvCache, maxModelLen));
    }

    private static int maxModelLen(EngineConfig config, ModelInfo info) {
        int asked = config.maxModelLen().orElse(info.maxModelLen());
        if (asked < 2 || asked > info.maxModelLen()) {
            throw TokamakException.configuration(
                    "max-model-len is " + asked + "; this model takes from 2 to " + info.maxModelLen() + " tokens");
        }
        return asked;
    }

    private static int blockSize(EngineConfig config, ModelInfo info) {
        int asked = config.blockSize().orElse(info.blockSizes().get(0));
        if (!info.blockSizes().contains(asked)) {
            throw TokamakException.configuration(
                    "block-size is " + asked + "; this executor offers " + info.blockSizes());
        }
        return asked;
    }

    private SchedulingPolicy policy(EngineConfig config) {
        return plugins.ask(
                PluginKind.SCHEDULING_POLICY,
                chosen.policy(),
                "create",
                each -> each.create(chosen.policyOptions(config)));
    }

    private static int longestThatFits(KvCacheManager kvCache, int maxModelLen) {
        int fits = 0;
        int tooLong = maxModelLen + 1;
        while (tooLong - fits > 1) {
            int middle = (fits + tooLong) >>> 1;
            if (kvCache.couldFit(middle)) {
                fits = middle;
            } else {
                tooLong = middle;
            }
        }
        return fits;
    }
}
