package dev.tokamak.bench;

import dev.tokamak.api.OutputKind;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.engine.cache.PagedKvCacheManagerProvider;
import dev.tokamak.engine.cache.PrefixKeys;
import dev.tokamak.engine.output.Completion;
import dev.tokamak.engine.output.OutputProcessor;
import dev.tokamak.engine.output.OutputRing;
import dev.tokamak.engine.output.Request;
import dev.tokamak.engine.output.RequestCollector;
import dev.tokamak.engine.scheduling.FcfsPolicyProvider;
import dev.tokamak.engine.scheduling.TokenBudgetSchedulerProvider;
import dev.tokamak.engine.step.StepLoop;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.SchedulerContext;
import dev.tokamak.spi.scheduler.Sequence;
import dev.tokamak.tck.ByteTokenizer;
import dev.tokamak.tck.DeterministicExecutor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the engine costs a step, with an executor that costs next to nothing: plan, launch, await, update, and the batch for
 * the output thread, for as many sequences as run at once, each of {@value #PROMPT} prompt tokens and {@value #OUTPUT}
 * generated ones. As sequences end, others that waited take their place, so admission and prefill are part of the figure.
 * All requests are made before the measurement begins; run with {@code -prof gc} to see what a step allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 12)
@Measurement(iterations = 16)
@Fork(1)
public class EngineStepBenchmark {
    static final int PROMPT = 128;
    static final int OUTPUT = 1500;
    private static final int STEPS = 1500;
    private static final int SETS = 30;
    private static final int BLOCK_SIZE = 16;

    /** How many sequences run at once. */
    @Param({"256"})
    public int running;

    private ExecutorService workers;
    private StepLoop loop;
    private OutputRing ring;
    private OutputProcessor processor;
    private final List<Request> requests = new ArrayList<>();

    /** Makes the engine's parts and all requests, and hands them to the loop. */
    @Setup(Level.Trial)
    public void start() {
        int blocks = running * ((PROMPT + OUTPUT) / BLOCK_SIZE + 2);
        var settings = new DeterministicExecutor.Settings(256, 4096, blocks, BLOCK_SIZE, 0, 2, running, -1, true);
        DeterministicExecutor executor = new DeterministicExecutor(settings);
        ModelInfo info = executor.load((what, fraction) -> {});
        executor.allocateKvCache(BLOCK_SIZE, blocks);
        KvCacheManager kvCache = new PagedKvCacheManagerProvider().create(info.kvGroups(), blocks, BLOCK_SIZE, true);
        Scheduler scheduler = new TokenBudgetSchedulerProvider()
                .create(new SchedulerContext(
                        new FcfsPolicyProvider().create(Map.of()),
                        kvCache,
                        running,
                        8192,
                        4096,
                        BLOCK_SIZE,
                        2,
                        true,
                        0));
        ring = new OutputRing(8);
        workers = Executors.newSingleThreadExecutor();
        loop = new StepLoop(executor, scheduler, kvCache, ring, 256, workers, 1, 60_000);
        processor = new OutputProcessor(ring, completion -> {}, request -> {}, loop::forget);
        PrefixKeys keys = PrefixKeys.random(BLOCK_SIZE);
        for (int i = 0; i < SETS * running; i++) {
            Request request = request(i, keys);
            requests.add(request);
            loop.submit(request);
        }
    }

    private static Request request(int number, PrefixKeys keys) {
        SamplingParams params = SamplingParams.builder()
                .maxTokens(OUTPUT)
                .ignoreEos(true)
                .outputKind(OutputKind.DELTA)
                .build();
        int[] prompt = new int[PROMPT];
        for (int i = 0; i < PROMPT; i++) {
            prompt[i] = (i * 31 + number) & 0x7f;
        }
        RequestCollector collector = new RequestCollector("request", params.outputKind(), 1, PROMPT, () -> {});
        Request request = new Request(number, "request", params, new ByteTokenizer(), new int[0], collector);
        PrefixKeys.Chain chain = keys.chain("benchmark " + number);
        Completion completion = new Completion(request, 0, chain, null);
        Sequence sequence =
                new Sequence(number, number, number, 0, params, number, prompt, new int[0], OUTPUT, completion);
        chain.begin(sequence, PROMPT + OUTPUT);
        completion.bind(sequence);
        request.completions()[0] = completion;
        return request;
    }

    /** Stops the helpers. */
    @TearDown(Level.Trial)
    public void stop() {
        workers.shutdownNow();
    }

    /** The engine thread's part of a step. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void step() throws InterruptedException {
        for (int i = 0; i < STEPS; i++) {
            loop.turn();
            ring.take();
            ring.release();
        }
    }

    /** The engine thread's part of a step, then the output thread's: a delta of text for each sequence, which is read. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void stepAndText() throws InterruptedException {
        for (int i = 0; i < STEPS; i++) {
            loop.turn();
            processor.processNext();
            for (int r = 0; r < running; r++) {
                requests.get(r).collector().poll();
            }
        }
    }

    /**
     * Prints the processor time of a step instead of its duration, for a machine that is busy with other things as well.
     *
     * @param arguments {@code text} adds the output thread's part
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] arguments) throws InterruptedException {
        EngineStepBenchmark benchmark = new EngineStepBenchmark();
        benchmark.running = 256;
        benchmark.start();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 28; i++) {
            long begin = threads.getCurrentThreadCpuTime();
            if (arguments.length > 0) {
                benchmark.stepAndText();
            } else {
                benchmark.step();
            }
            double micros = (threads.getCurrentThreadCpuTime() - begin) / 1000.0 / STEPS;
            System.out.printf("%d: %.1f us of processor time a step%n", i, micros);
        }
        benchmark.stop();
    }
}
