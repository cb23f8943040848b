package dev.tokamak.bench;

import dev.tokamak.api.Engine;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.LLM;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Throughput of an engine without HTTP: batches of random prompts, all submitted at once.
 *
 * <p>Usage: {@code OfflineBenchmark MODEL TOKENIZER DEVICE LOAD_FORMAT [REQUESTSxINPUTxOUTPUT ...]}. For each batch it prints the
 * whole time, output tokens a second, and milliseconds a decoding step (the time of the batch less that of the same batch with
 * one output token, over the steps between).
 */
public final class OfflineBenchmark {
    private final Engine engine;
    private final Random random = new Random(1);

    private OfflineBenchmark(Engine engine) {
        this.engine = engine;
    }

    /**
     * Runs the benchmark.
     *
     * @param args see the class
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        EngineConfig config = EngineConfig.builder(Path.of(args[0]))
                .tokenizer(Path.of(args[1]))
                .device(args[2])
                .loadFormat(args[3])
                .maxNumSeqs(Integer.getInteger("bench.maxNumSeqs", 256))
                .maxNumBatchedTokens(Integer.getInteger("bench.maxNumBatchedTokens", 8192))
                .enablePrefixCaching(false)
                .enforceEager(Boolean.getBoolean("bench.enforceEager"))
                .build();
        long begin = System.nanoTime();
        try (LLM llm = LLM.open(config)) {
            OfflineBenchmark benchmark = new OfflineBenchmark(llm.engine());
            double opened = (System.nanoTime() - begin) / 1e9;
            benchmark.run(1, 16, 1);
            double uptime = (System.currentTimeMillis()
                            - ManagementFactory.getRuntimeMXBean().getStartTime())
                    / 1e3;
            print("engine ready after %.2f s; process start to first token %.2f s", opened, uptime);
            for (int i = 4; i < args.length; i++) {
                String[] numbers = args[i].split("x");
                benchmark.report(
                        Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
            }
        }
    }

    private void report(int requests, int input, int output) throws InterruptedException {
        run(requests, input, Math.min(output, 8));
        double first = run(requests, input, 1);
        double whole = run(requests, input, output);
        print(
                "%4d requests, %d in / %d out: %.3f s, %.0f output tokens/s, prefill %.0f tokens/s, %.3f ms a step",
                requests,
                input,
                output,
                whole,
                requests * (double) output / whole,
                requests * (double) input / first,
                (whole - first) * 1e3 / (output - 1));
    }

    private double run(int requests, int input, int output) throws InterruptedException {
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .maxTokens(output)
                .ignoreEos(true)
                .detokenize(false)
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        return seconds(engine, random, requests, input, params);
    }

    /** Seconds from the first request's submission to the last one's end; every answer has as many tokens as it may have. */
    static double seconds(Engine engine, Random random, int requests, int input, SamplingParams params)
            throws InterruptedException {
        int output = params.maxTokens().orElseThrow();
        List<RequestStream> streams = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            int[] prompt = random.ints(input, 1000, 4000).toArray();
            streams.add(engine.submit(
                    GenerationRequest.builder(Prompt.tokens(prompt), params).build()));
        }
        long tokens = 0;
        for (RequestStream stream : streams) {
            tokens += stream.take().map(RequestOutput::generatedTokens).orElse(0);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (tokens != (long) requests * output) {
            throw new IllegalStateException(
                    tokens + " tokens came back where " + (long) requests * output + " were asked for");
        }
        return seconds;
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
