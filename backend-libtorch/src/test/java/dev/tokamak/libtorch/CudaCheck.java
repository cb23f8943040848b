package dev.tokamak.libtorch;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.libtorch.cuda.CudaContext;
import dev.tokamak.libtorch.executor.CudaExecutor;
import dev.tokamak.libtorch.executor.WidestStep;
import dev.tokamak.libtorch.kernels.KernelProvider;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.ServiceLoader;

/**
 * Compares a CUDA device with references, on a machine that has one: {@code CudaCheck MODEL [GIB]}, the model being a checkpoint whose
 * heads the kernels support. With a number of gibibytes it also measures how fast weights are loaded, from a file of that size in
 * {@code $TMPDIR}. Ends with status 1 if something differs.
 */
final class CudaCheck {
    private static final int STEPS = 64;
    private static final float LOGPROB_TOLERANCE = 0.15f;

    private boolean failed;

    private CudaCheck() {}

    public static void main(String[] args) {
        CudaCheck check = new CudaCheck();
        check.weights(Path.of(args[0]), args.length > 1 ? Integer.parseInt(args[1]) : 0);
        for (String name : Reference.NAMES) {
            check.reference(name);
        }
        check.model(Path.of(args[0]));
        check.groups(Path.of(args[0]));
        check.memory(Path.of(args[0]));
        System.exit(check.failed ? 1 : 0);
    }

    void say(boolean good, String format, Object... values) {
        failed |= !good;
        System.out.println((good ? "ok   " : "FAIL ") + String.format(Locale.ROOT, format, values));
    }

    private void weights(Path model, int gibibytes) {
        try (CudaStreamCheck streaming = new CudaStreamCheck(this)) {
            for (String name : Reference.NAMES) {
                streaming.checkpoint(Reference.folder(name));
            }
            streaming.checkpoint(model);
            if (gibibytes > 0) {
                streaming.speed(gibibytes);
            }
        }
    }

    /** In float32 the device gives the very tokens of {@code transformers}, whole and in chunks. */
    private void reference(String name) {
        Reference reference = Reference.of(name);
        EngineConfig config = EngineConfig.builder(reference.folder())
                .device("cuda")
                .dtype("float32")
                .build();
        try (Driver driver = new Driver(config.model(), config)) {
            for (int chunk : new int[] {512, 7}) {
                for (Reference.Case each : reference.cases()) {
                    Driver.Running running = driver.start(each.prompt());
                    driver.generate(STEPS, chunk, running);
                    int[] expected = Arrays.copyOf(each.continuation(), STEPS);
                    say(
                            Arrays.equals(running.output(), expected),
                            "%s in float32, chunks of %d: %d tokens as transformers has them",
                            name,
                            chunk,
                            STEPS);
                    running.release();
                }
            }
        }
    }

    /** The kernels in bfloat16: graphs equal eager launches, batches equal single rows in meaning, log probabilities are near float32's. */
    private void model(Path folder) {
        int[][] prompts = new int[6][];
        Random random = new Random(3);
        for (int i = 0; i < prompts.length; i++) {
            prompts[i] = random.ints(5 + 37 * i, 300, 4000).toArray();
        }
        float[][] exact = logprobs(config(folder, "float32", false), prompts, 512);
        float[][] graphs = logprobs(config(folder, "bfloat16", false), prompts, 512);
        float[][] chunked = logprobs(config(folder, "bfloat16", false), prompts, 16);
        say(
                difference(exact, graphs) < LOGPROB_TOLERANCE,
                "bfloat16 kernels: log probabilities within %.3f of float32",
                difference(exact, graphs));
        say(
                difference(exact, chunked) < LOGPROB_TOLERANCE,
                "bfloat16 kernels in chunks: within %.3f",
                difference(exact, chunked));
        int[][] captured = greedy(config(folder, "bfloat16", false), prompts);
        int[][] eager = greedy(config(folder, "bfloat16", true), prompts);
        int[][] again = greedy(config(folder, "bfloat16", false), prompts);
        say(Arrays.deepEquals(captured, eager), "graphs and eager launches give the same tokens");
        say(Arrays.deepEquals(captured, again), "the same tokens every time");
        EngineConfig fp8 = config(folder, "bfloat16", false).toBuilder()
                .kvCacheDtype("fp8")
                .build();
        float[][] small = logprobs(fp8, prompts, 512);
        say(
                difference(exact, small) < 1f,
                "FP8 cache: log probabilities within %.3f of float32",
                difference(exact, small));
    }

    /** Prompts that are attended in several groups, since their contexts do not fit one, give the same tokens. */
    private void groups(Path folder) {
        int[][] prompts = new int[6][];
        Random random = new Random(4);
        for (int i = 0; i < prompts.length; i++) {
            prompts[i] = random.ints(5 + 37 * i, 300, 4000).toArray();
        }
        EngineConfig config =
                config(folder, "bfloat16", true).toBuilder().maxModelLen(256).build();
        KernelProvider provider =
                ServiceLoader.load(KernelProvider.class).findFirst().orElseThrow();
        for (int chunk : new int[] {512, 40}) {
            int[][][] tokens = new int[2][][];
            int[] capacities = {256, 8 * 256};
            for (int i = 0; i < capacities.length; i++) {
                try (Driver driver =
                        new Driver(new CudaExecutor(Driver.executorConfig(folder, config), provider, capacities[i]))) {
                    tokens[i] = greedy(driver, prompts, chunk);
                }
            }
            say(
                    Arrays.deepEquals(tokens[0], tokens[1]),
                    "chunks of %d in groups of %d context tokens give the tokens of one group",
                    chunk,
                    capacities[0]);
        }
    }

    /** The cache gets what the widest step leaves, and the widest step still runs beside it. */
    private void memory(Path folder) {
        int tokens = 8192;
        int sequences = 256;
        int blockSize = 16;
        double share = 0.5;
        EngineConfig config = config(folder, "bfloat16", false).toBuilder()
                .gpuMemoryUtilization(share)
                .build();
        try (Executor executor =
                new LibtorchExecutorProvider().create(new ExecutorConfig(folder, config, sequences, tokens))) {
            ModelInfo model = executor.load((what, fraction) -> {});
            long start = System.nanoTime();
            int blocks = executor.kvCapacity(blockSize);
            long millis = (System.nanoTime() - start) / 1_000_000;
            executor.allocateKvCache(blockSize, blocks);
            long[] allocated = memory();
            WidestStep widest =
                    new WidestStep(tokens, sequences, model.maxModelLen(), blockSize, model.vocabularySize());
            executor.launch(widest.plan());
            executor.sample(widest.masks());
            StepResult result = new StepResult();
            executor.await(result);
            long[] stepped = memory();
            say(
                    stepped[0] <= share * stepped[1] && stepped[0] - allocated[0] <= 64 << 20,
                    "%d blocks found in %d ms; %d MiB of %d are taken, and %d after the widest step",
                    blocks,
                    millis,
                    allocated[0] >> 20,
                    allocated[1] >> 20,
                    stepped[0] >> 20);
        }
    }

    /** Taken and total. */
    private static long[] memory() {
        long[] freeAndTotal = CudaContext.memory();
        return new long[] {freeAndTotal[1] - freeAndTotal[0], freeAndTotal[1]};
    }

    private static EngineConfig config(Path folder, String dtype, boolean eager) {
        return EngineConfig.builder(folder)
                .device("cuda")
                .dtype(dtype)
                .enforceEager(eager)
                .build();
    }

    private static int[][] greedy(EngineConfig config, int[][] prompts) {
        try (Driver driver = new Driver(config.model(), config)) {
            return greedy(driver, prompts, 512);
        }
    }

    private static int[][] greedy(Driver driver, int[][] prompts, int chunk) {
        Driver.Running[] running = new Driver.Running[prompts.length];
        for (int i = 0; i < prompts.length; i++) {
            running[i] = driver.start(prompts[i]);
        }
        driver.generate(STEPS, chunk, running);
        return Arrays.stream(running).map(Driver.Running::output).toArray(int[][]::new);
    }

    /** For each prompt the log probability of the likeliest token behind each of its last tokens, decoded one by one. */
    private static float[][] logprobs(EngineConfig config, int[][] prompts, int chunk) {
        float[][] all = new float[prompts.length][];
        try (Driver driver = new Driver(config.model(), config)) {
            for (int i = 0; i < prompts.length; i++) {
                int first = prompts[i].length / 2 + 1;
                all[i] = new float[prompts[i].length - first + 1];
                for (int length = first; length <= prompts[i].length; length++) {
                    Driver.Running running = driver.start(
                            Arrays.copyOf(prompts[i], length),
                            SamplingParams.builder()
                                    .temperature(0)
                                    .allowedTokenIds(java.util.List.of(prompts[i][length % prompts[i].length]))
                                    .build());
                    while (running.output().length == 0) {
                        driver.begin();
                        driver.add(running, chunk, StepPlan.FLAG_LOGPROBS, 1);
                        StepResult result = driver.run();
                        if (result.tokenCount(0) == 1) {
                            all[i][length - first] = result.logprob(0, 0);
                        }
                    }
                    running.release();
                }
            }
        }
        return all;
    }

    private static float difference(float[][] a, float[][] b) {
        float most = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                float d = Math.abs(a[i][j] - b[i][j]);
                most = Float.isNaN(d) ? Float.POSITIVE_INFINITY : Math.max(most, d);
            }
        }
        return most;
    }
}
