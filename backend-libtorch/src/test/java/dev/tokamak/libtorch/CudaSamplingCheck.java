package dev.tokamak.libtorch;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Checks that on a CUDA device each request gets what it asks of sampling, all in one batch: the log probabilities of the whole vocabulary, which every
 * step returns here, say on the host what must have been drawn.
 */
final class CudaSamplingCheck {
    private static final int STEPS = 48;

    /** What sums in another order may differ by. */
    private static final double TOLERANCE = 1e-3;

    private final CudaCheck check;
    private final Driver driver;
    private final int vocabulary;

    private CudaSamplingCheck(CudaCheck check, Driver driver) {
        this.check = check;
        this.driver = driver;
        this.vocabulary = driver.model.vocabularySize();
    }

    static void run(CudaCheck check, EngineConfig config) {
        try (Driver driver = new Driver(config.model(), config)) {
            CudaSamplingCheck sampling = new CudaSamplingCheck(check, driver);
            sampling.greedyRows();
            sampling.pipelined();
        }
    }

    /** A request, and what it adds to a token's log probability. */
    private record Wish(String name, SamplingParams params, Rule rule) {}

    private interface Rule {
        double of(int token, int[] prompt, int[] output);
    }

    private List<Wish> wishes() {
        Set<Integer> allowed =
                IntStream.range(0, 40).map(i -> 17 * i + 5).boxed().collect(Collectors.toSet());
        return List.of(
                new Wish("nothing", greedy().build(), (token, prompt, output) -> 0),
                new Wish(
                        "penalties",
                        greedy().presencePenalty(0.6).frequencyPenalty(0.4).build(),
                        (token, prompt, output) -> {
                            long count = Arrays.stream(output)
                                    .filter(each -> each == token)
                                    .count();
                            return -0.4 * count - (count > 0 ? 0.6 : 0);
                        }),
                new Wish(
                        "a bias and end tokens held back",
                        greedy().logitBias(Map.of(100, 9f, 101, 9.5f, 102, -50f))
                                .minTokens(STEPS)
                                .build(),
                        (token, prompt, output) -> token == 2
                                ? Double.NEGATIVE_INFINITY
                                : Map.of(100, 9.0, 101, 9.5, 102, -50.0).getOrDefault(token, 0.0)),
                new Wish(
                        "allowed tokens",
                        greedy().allowedTokenIds(List.copyOf(allowed)).build(),
                        (token, prompt, output) -> allowed.contains(token) ? 0 : Double.NEGATIVE_INFINITY),
                new Wish(
                        "bad words",
                        greedy().logitBias(Map.of(7, 50f, 8, 49f))
                                .badWords(List.of(List.of(7, 7), List.of(8, 7, 8), List.of(9)))
                                .build(),
                        CudaSamplingCheck::badWords));
    }

    private static SamplingParams.Builder greedy() {
        return SamplingParams.builder().temperature(0);
    }

    private static double badWords(int token, int[] prompt, int[] output) {
        int[] all = Arrays.copyOf(prompt, prompt.length + output.length);
        System.arraycopy(output, 0, all, prompt.length, output.length);
        int last = all[all.length - 1];
        int before = all[all.length - 2];
        boolean refused = token == 9 || token == 7 && last == 7 || token == 8 && before == 8 && last == 7;
        return refused ? Double.NEGATIVE_INFINITY : token == 7 ? 50 : token == 8 ? 49 : 0;
    }

    private int[] prompt(int seed) {
        return new Random(seed).ints(20, 3, vocabulary).toArray();
    }

    private void greedyRows() {
        List<Wish> wishes = wishes();
        Driver.Running[] running = new Driver.Running[wishes.size()];
        int[] wrong = new int[running.length];
        for (int i = 0; i < running.length; i++) {
            running[i] = driver.start(prompt(i), wishes.get(i).params());
        }
        boolean best = true;
        for (int step = 0; step < STEPS; step++) {
            int[][] outputs = Arrays.stream(running).map(Driver.Running::output).toArray(int[][]::new);
            driver.begin();
            for (Driver.Running each : running) {
                driver.add(each, 512, StepPlan.FLAG_LOGPROBS, vocabulary);
            }
            StepResult result = driver.run();
            for (int i = 0; i < running.length; i++) {
                int output = i;
                Rule rule = wishes.get(i).rule();
                wrong[i] += right(result, i, token -> rule.of(token, prompt(output), outputs[output])) ? 0 : 1;
                best &= ordered(result, i);
            }
        }
        for (int i = 0; i < running.length; i++) {
            check.say(
                    wrong[i] == 0,
                    "a request for %s beside others: %d of %d tokens are what the log probabilities say",
                    wishes.get(i).name(),
                    STEPS - wrong[i],
                    STEPS);
            running[i].release();
        }
        check.say(best, "log probabilities of all %d tokens in order, with ranks", vocabulary);
    }

    private boolean right(StepResult result, int row, IntToDoubleFunction added) {
        int[] ids = result.topTokens(row, 0);
        float[] logprobs = result.topLogprobs(row, 0);
        double most = Double.NEGATIVE_INFINITY;
        double own = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < ids.length; i++) {
            double value = logprobs[i] + added.applyAsDouble(ids[i]);
            most = Math.max(most, value);
            own = ids[i] == result.token(row, 0) ? value : own;
        }
        return own >= most - TOLERANCE;
    }

    /** All tokens are there once, the likeliest first, and probabilities add up to one. */
    private boolean ordered(StepResult result, int row) {
        int[] ids = result.topTokens(row, 0);
        float[] logprobs = result.topLogprobs(row, 0);
        double sum = 0;
        boolean good = Arrays.stream(ids).distinct().count() == vocabulary;
        for (int i = 0; i < ids.length; i++) {
            sum += Math.exp(logprobs[i]);
            good &= i == 0 || logprobs[i - 1] > logprobs[i] || logprobs[i - 1] == logprobs[i] && ids[i - 1] < ids[i];
        }
        int rank = result.rank(row, 0);
        return good && Math.abs(sum - 1) < TOLERANCE && logprobs[rank - 1] == result.logprob(row, 0);
    }

    /** With two steps under way, the host knows of no token in time that penalties and bad words ask about. */
    private void pipelined() {
        Map<String, SamplingParams> all = Map.of(
                "penalties",
                greedy().presencePenalty(0.6)
                        .frequencyPenalty(0.4)
                        .repetitionPenalty(1.3)
                        .build(),
                "bad words",
                greedy().logitBias(Map.of(7, 50f, 8, 49f))
                        .badWords(List.of(List.of(7, 7), List.of(8, 7, 8)))
                        .build(),
                "a seed",
                SamplingParams.builder()
                        .temperature(0.9)
                        .topP(0.9)
                        .topK(40)
                        .seed(5L)
                        .build());
        all.forEach((name, params) -> {
            Driver.Running one = driver.start(prompt(9), params);
            driver.generate(STEPS, 512, one);
            Driver.Running other = driver.start(prompt(9), params);
            driver.generatePipelined(STEPS, other);
            check.say(
                    Arrays.equals(one.output(), other.output()),
                    "%s with two steps under way: the tokens of one step at a time",
                    name);
            one.release();
            other.release();
        });
    }
}
