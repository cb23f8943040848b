package dev.tokamak.bench;

import dev.tokamak.api.Engine;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.EngineMetric;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.LLM;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.StructuredOutput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * What jump-ahead saves: the same documents of a schema with many fixed keys, by turns on an engine that takes forced text without
 * drawing it and on one that draws every token. No HTTP.
 *
 * <p>Usage: {@code JumpAheadBenchmark MODEL [REQUESTS [ROUNDS]]}, by default 1 request at a time and 9 rounds.
 */
public final class JumpAheadBenchmark {
    private static final List<String> KEYS = List.of(
            "customer_identifier",
            "order_confirmation_number",
            "delivery_address_line",
            "payment_method_selected",
            "is_express_delivery",
            "shipping_instructions",
            "estimated_delivery_days",
            "total_amount_in_cents",
            "contains_fragile_items",
            "warehouse_location_code");

    private final Engine engine;
    private final int requests;
    private final double[] seconds;
    private final List<String> texts = new ArrayList<>();
    private double tokens;

    private JumpAheadBenchmark(Engine engine, int requests, int rounds) {
        this.engine = engine;
        this.requests = requests;
        this.seconds = new double[rounds];
    }

    /**
     * Runs the benchmark.
     *
     * @param args see the class
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        int requests = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 9;
        EngineConfig.Builder config = EngineConfig.builder(Path.of(args[0])).enablePrefixCaching(false);
        try (LLM drawing = LLM.open(config.build());
                LLM jumping = LLM.open(config.structuredOutputJumpAhead(true).build())) {
            JumpAheadBenchmark drawn = new JumpAheadBenchmark(drawing.engine(), requests, rounds);
            JumpAheadBenchmark jumped = new JumpAheadBenchmark(jumping.engine(), requests, rounds);
            for (int round = -2; round < rounds; round++) {
                drawn.run(round);
                jumped.run(round);
            }
            drawn.report("every token drawn");
            jumped.report("forced text taken");
            int same = 0;
            for (int i = 0; i < drawn.texts.size(); i++) {
                same += drawn.texts.get(i).equals(jumped.texts.get(i)) ? 1 : 0;
            }
            System.out.println(
                    same + " of " + drawn.texts.size() + " documents are the same; the first: " + jumped.texts.get(0));
        }
    }

    private static String schema() {
        StringJoiner properties = new StringJoiner(", ");
        StringJoiner required = new StringJoiner(", ");
        for (String key : KEYS) {
            String type = key.startsWith("is_") || key.startsWith("contains_")
                    ? "{\"type\": \"boolean\"}"
                    : "{\"type\": \"integer\", \"minimum\": 0, \"maximum\": 9999}";
            properties.add("\"" + key + "\": " + type);
            required.add("\"" + key + "\"");
        }
        return "{\"type\": \"object\", \"properties\": {" + properties + "}, \"required\": [" + required
                + "], \"additionalProperties\": false}";
    }

    /** Runs all requests at once. Rounds below 0 are not counted. */
    private void run(int round) throws InterruptedException {
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .maxTokens(400)
                .structuredOutput(StructuredOutput.of(StructuredOutput.Kind.JSON_SCHEMA, schema()))
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        double before = generated();
        long begin = System.nanoTime();
        List<RequestStream> streams = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            Prompt prompt = Prompt.text("Order " + (100 * (round + 3) + i) + " as JSON:\n");
            streams.add(engine.submit(GenerationRequest.builder(prompt, params).build()));
        }
        for (RequestStream stream : streams) {
            RequestOutput output = stream.take().orElseThrow();
            if (round >= 0) {
                texts.add(output.outputs().get(0).text());
            }
        }
        if (round >= 0) {
            seconds[round] = (System.nanoTime() - begin) / 1e9;
            tokens += generated() - before;
        }
    }

    private double generated() {
        return engine.metrics().stream()
                .filter(metric -> metric.name().equals("generation_tokens_total"))
                .mapToDouble(EngineMetric::value)
                .sum();
    }

    private void report(String what) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        System.out.println(String.format(
                Locale.ROOT,
                "%s: %.1f ms for %d documents at once (median of %d), %.0f tokens each",
                what,
                1e3 * sorted[sorted.length / 2],
                requests,
                sorted.length,
                tokens / seconds.length / requests));
    }
}
