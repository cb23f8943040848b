package dev.tokamak.bench;

import dev.tokamak.api.Engine;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.LLM;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.StructuredOutput;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * What decoding under a JSON schema costs, without HTTP: batches with and without the schema by turns in one process, so that
 * whatever else the machine does hurts both alike.
 *
 * <p>Usage: {@code SchemaBenchmark MODEL [REQUESTS [OUTPUT [ROUNDS]]]}, by default 16 requests of 128 tokens, 9 rounds. The schema is
 * a string that is longer than the answer, so that both kinds of batches have the same number of tokens.
 */
public final class SchemaBenchmark {
    private static final int INPUT = 16;

    private final Engine engine;
    private final int requests;
    private final int output;
    private final Random random = new Random(1);

    private SchemaBenchmark(Engine engine, int requests, int output) {
        this.engine = engine;
        this.requests = requests;
        this.output = output;
    }

    /**
     * Runs the benchmark.
     *
     * @param args see the class
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        int requests = args.length > 1 ? Integer.parseInt(args[1]) : 16;
        int output = args.length > 2 ? Integer.parseInt(args[2]) : 128;
        int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 9;
        EngineConfig config = EngineConfig.builder(Path.of(args[0]))
                .enablePrefixCaching(false)
                .build();
        Optional<StructuredOutput> schema = Optional.of(StructuredOutput.of(
                StructuredOutput.Kind.JSON_SCHEMA, "{\"type\": \"string\", \"minLength\": " + 7 * output + "}"));
        try (LLM llm = LLM.open(config)) {
            SchemaBenchmark benchmark = new SchemaBenchmark(llm.engine(), requests, output);
            double[] free = new double[rounds];
            double[] held = new double[rounds];
            double[] cost = new double[rounds];
            for (int round = -2; round < rounds; round++) {
                double freeSeconds = benchmark.run(Optional.empty());
                double heldSeconds = benchmark.run(schema);
                if (round >= 0) {
                    free[round] = requests * output / freeSeconds;
                    held[round] = requests * output / heldSeconds;
                    cost[round] = 100 * (1 - freeSeconds / heldSeconds);
                }
            }
            System.out.println(String.format(
                    Locale.ROOT,
                    "%d requests, %d in / %d out, medians of %d rounds: free %.0f tokens/s, under the schema %.0f tokens/s;"
                            + " it costs %.1f %% (quartiles %.1f and %.1f)",
                    requests,
                    INPUT,
                    output,
                    rounds,
                    quantile(free, 0.5),
                    quantile(held, 0.5),
                    quantile(cost, 0.5),
                    quantile(cost, 0.25),
                    quantile(cost, 0.75)));
        }
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /** Seconds from the first request's submission to the last one's end. */
    private double run(Optional<StructuredOutput> schema) throws InterruptedException {
        SamplingParams.Builder params = SamplingParams.builder()
                .temperature(0)
                .maxTokens(output)
                .ignoreEos(true)
                .detokenize(false)
                .outputKind(OutputKind.FINAL_ONLY);
        schema.ifPresent(params::structuredOutput);
        return OfflineBenchmark.seconds(engine, random, requests, INPUT, params.build());
    }
}
