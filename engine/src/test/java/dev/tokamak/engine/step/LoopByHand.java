package dev.tokamak.engine.step;

import dev.tokamak.api.OutputKind;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.engine.DelegatingExecutor;
import dev.tokamak.engine.cache.PagedKvCacheManagerProvider;
import dev.tokamak.engine.output.Completion;
import dev.tokamak.engine.output.OutputProcessor;
import dev.tokamak.engine.output.OutputRing;
import dev.tokamak.engine.output.Request;
import dev.tokamak.engine.output.RequestCollector;
import dev.tokamak.engine.scheduling.FcfsPolicyProvider;
import dev.tokamak.engine.scheduling.TokenBudgetSchedulerProvider;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.SchedulerContext;
import dev.tokamak.spi.scheduler.Sequence;
import dev.tokamak.tck.ByteTokenizer;
import dev.tokamak.tck.DeterministicExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A step loop over the deterministic executor. The test's thread is the engine thread and turns it by hand. */
final class LoopByHand {
    static final int SLOTS = 4;
    static final int BLOCKS = 64;

    final List<String> log = new ArrayList<>();
    final StepLoop loop;
    final KvCacheManager kvCache;
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final OutputRing ring = new OutputRing(64);
    private final Thread output;
    private int requests;

    /** What the executor throws from its next {@code await}, or null. */
    RuntimeException nextFailure;

    LoopByHand() {
        Executor executor = new Recording(new DeterministicExecutor(
                new DeterministicExecutor.Settings(256, 512, BLOCKS, 4, 0, 2, SLOTS, -1, false)));
        ModelInfo info = executor.load((what, fraction) -> {});
        executor.allocateKvCache(4, BLOCKS);
        kvCache = new PagedKvCacheManagerProvider().create(info.kvGroups(), BLOCKS, 4, true);
        loop = new StepLoop(
                executor,
                new TokenBudgetSchedulerProvider()
                        .create(new SchedulerContext(
                                new FcfsPolicyProvider().create(Map.of()), kvCache, SLOTS, 64, 512, 4, 2, true, 0)),
                kvCache,
                ring,
                256,
                workers,
                2,
                60_000);
        OutputProcessor processor = new OutputProcessor(ring, loop::abort, loop::abort, loop::forget);
        output = new Thread(processor, "output");
        output.start();
    }

    /** Submits a request of so many tokens. */
    Request submit(int maxTokens) {
        return submit(maxTokens, null);
    }

    Request submit(int maxTokens, DrawConstraint constraint) {
        int number = ++requests;
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .ignoreEos(true)
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        Request[] made = new Request[1];
        RequestCollector collector =
                new RequestCollector("request " + number, params.outputKind(), 1, 5, () -> loop.abort(made[0]));
        Request request = new Request(number, "request", params, new ByteTokenizer(), new int[0], collector);
        made[0] = request;
        Completion completion = new Completion(request, 0, null, constraint);
        completion.bind(new Sequence(
                number,
                number,
                0,
                0,
                params,
                number,
                new int[] {1, 2, 3, 4, number},
                new int[0],
                maxTokens,
                completion));
        request.completions()[0] = completion;
        loop.submit(request);
        return request;
    }

    static Sequence sequence(Request request) {
        return request.completions()[0].sequence();
    }

    /** Turns until the request has ended, and hands out what its reader got. */
    RequestOutput last(Request request) throws InterruptedException {
        while (!sequence(request).ended()) {
            loop.turn();
        }
        return request.collector().take().orElseThrow();
    }

    void stop() throws InterruptedException {
        ring.close();
        output.join();
        workers.shutdownNow();
    }

    /** Logs the calls that make a step. */
    private final class Recording extends DelegatingExecutor {
        private long awaited;

        Recording(Executor sound) {
            super(sound);
        }

        @Override
        public void launch(StepPlan plan) {
            log.add("launch " + plan.stepId());
            super.launch(plan);
        }

        @Override
        public void sample(StepMasks masks) {
            log.add("sample " + masks.rows());
            super.sample(masks);
        }

        @Override
        public void await(StepResult into) {
            log.add("await " + ++awaited);
            if (nextFailure != null) {
                RuntimeException failure = nextFailure;
                nextFailure = null;
                throw failure;
            }
            super.await(into);
        }

        @Override
        public void reset() {
            log.add("reset");
            super.reset();
        }
    }
}
