package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.FinishReason;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.scheduler.SchedulerProvider;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The law of schedulers, as tests. A scheduler's test extends this class and says how to make its provider. The tests step it by hand, with a
 * cache that has few blocks and an executor whose tokens tell when rows, slots or blocks are mixed up: whatever else runs, each
 * sequence gets the tokens that it gets alone, ends for the reason that it has, and gives everything back.
 *
 * <p>Random workloads are the same each time; the system property {@code tokamak.tck.seed} sets others.
 *
 * @since 0.2
 */
public abstract class SchedulerContract {
    private static final long SEED = Long.getLong("tokamak.tck.seed", 20261122L);
    private static final int[] NONE = {};

    /** For subclasses. */
    protected SchedulerContract() {}

    /**
     * Makes the provider under test.
     *
     * @return by its public constructor, as a service loader would
     */
    protected abstract SchedulerProvider provider();

    private SchedulerDriver driver(int blocks, int stepsInFlight, int slots, int budget) {
        return new SchedulerDriver(provider(), blocks, stepsInFlight, slots, budget, false);
    }

    private static Sequence sequence(long id, int[] prompt, int maxTokens, SamplingParams params, int... endTokens) {
        return new Sequence(id, id, id, 0, params, 7 + id, prompt, endTokens, maxTokens, null);
    }

    private static Sequence sequence(long id, int[] prompt, int maxTokens) {
        return sequence(id, prompt, maxTokens, SamplingParams.builder().build(), NONE);
    }

    private static int[] prompt(int length, int salt) {
        return IntStream.range(0, length).map(i -> (i * 5 + salt) & 0xff).toArray();
    }

    private static int[] output(Sequence sequence) {
        return Arrays.copyOfRange(sequence.tokens(), sequence.promptTokens(), sequence.length());
    }

    private int[] alone(long id, int[] prompt, int maxTokens) {
        SchedulerDriver driver = driver(256, 1, 1, 512);
        Sequence sequence = sequence(id, prompt, maxTokens);
        driver.add(sequence);
        driver.runToTheEnd();
        return output(sequence);
    }

    @Test
    void providerHasAValidName() {
        ProviderNames.assertValid(provider().name());
    }

    @Test
    void providerIsDeclaredAsAService() {
        ProviderNames.assertDeclared(SchedulerProvider.class, provider());
    }

    @Test
    void plansNothingWhereNothingIsToBeDone() {
        SchedulerDriver driver = driver(16, 2, 4, 32);
        StepPlan plan = new StepPlan();

        assertThat(driver.scheduler.schedule(plan)).isFalse();
        assertThat(plan.rows()).isZero();
        assertThat(driver.scheduler.running() + driver.scheduler.waiting()).isZero();
    }

    @Test
    void countsWhoRunsAndWhoWaits() {
        SchedulerDriver driver = driver(64, 1, 2, 64);
        for (int id = 0; id < 5; id++) {
            driver.add(sequence(id, prompt(4, id), 8));
        }
        assertThat(driver.scheduler.waiting()).isEqualTo(5);
        driver.step();

        assertThat(driver.scheduler.running()).isBetween(1, 2);
        assertThat(driver.scheduler.running() + driver.scheduler.waiting()).isEqualTo(5);
    }

    @Test
    void aSequenceEndsAtItsLengthOrAtAnEndToken() {
        int[] whole = alone(1, prompt(9, 1), 12);
        SchedulerDriver driver = driver(64, 2, 4, 64);
        Sequence length = sequence(1, prompt(9, 1), 5);
        Sequence stop = sequence(1, prompt(9, 1), 12, SamplingParams.builder().build(), whole[7]);
        driver.add(length);
        driver.runToTheEnd();
        assertThat(driver.ended(1)).isEqualTo(FinishReason.LENGTH);
        SchedulerDriver other = driver(64, 2, 4, 64);
        other.add(stop);
        other.runToTheEnd();

        assertThat(output(length)).isEqualTo(Arrays.copyOf(whole, 5));
        assertThat(other.ended(1)).isEqualTo(FinishReason.STOP);
        assertThat(output(stop)[output(stop).length - 1]).isEqualTo(whole[7]);
        assertThat(output(stop)).isEqualTo(Arrays.copyOf(whole, output(stop).length));
    }

    @Test
    void anAbortedSequenceIsPlannedNoMoreAndGivesItsBlocksBack() {
        SchedulerDriver driver = driver(64, 2, 4, 64);
        Sequence aborted = sequence(1, prompt(9, 1), 50);
        Sequence other = sequence(2, prompt(9, 2), 6);
        driver.add(aborted);
        driver.add(other);
        driver.step();
        driver.scheduler.abort(aborted);
        driver.scheduler.abort(aborted);
        StepPlan plan = new StepPlan();
        driver.landAll();
        plan.begin(1000);
        if (driver.scheduler.schedule(plan)) {
            for (int row = 0; row < plan.rows(); row++) {
                assertThat(plan.sequenceId(row)).isNotEqualTo(1);
            }
            driver.launch(plan);
        }
        driver.runToTheEnd();

        assertThat(driver.ended(1)).isNull();
        assertThat(output(other)).isEqualTo(alone(2, prompt(9, 2), 6));
    }

    @Test
    void aRowThatFailsEndsItsSequenceAndNoOther() {
        SchedulerDriver driver = driver(64, 2, 4, 64);
        Sequence poisoned = sequence(1, new int[] {3, SchedulerDriver.POISON, 4}, 8);
        Sequence other = sequence(2, prompt(9, 2), 6);
        driver.add(poisoned);
        driver.add(other);
        driver.runToTheEnd();

        assertThat(driver.ended(1)).isEqualTo(FinishReason.ERROR);
        assertThat(driver.ended(2)).isEqualTo(FinishReason.LENGTH);
        assertThat(output(other)).isEqualTo(alone(2, prompt(9, 2), 6));
    }

    @Test
    void aLostStepFailsItsSequencesAndTheOthersBeginAnew() {
        SchedulerDriver driver = driver(64, 1, 1, 64);
        Sequence lost = sequence(1, prompt(9, 1), 8);
        Sequence waiting = sequence(2, prompt(9, 2), 6);
        driver.add(lost);
        driver.launch();
        driver.add(waiting);
        driver.loseSteps();

        assertThat(driver.ended(1)).isEqualTo(FinishReason.ERROR);
        driver.runToTheEnd();
        assertThat(output(waiting)).isEqualTo(alone(2, prompt(9, 2), 6));
    }

    @Test
    void aTokenUnderAGrammarIsDrawnUnderAMask() {
        SchedulerDriver driver = driver(64, 1, 4, 64);
        Sequence masked = sequence(1, prompt(9, 1), 4);
        masked.setMasked(true);
        driver.add(masked);
        driver.add(sequence(2, prompt(9, 2), 4));
        StepPlan plan = driver.launch();

        for (int row = 0; row < plan.rows(); row++) {
            boolean sampled = plan.has(row, StepPlan.FLAG_SAMPLE);
            assertThat(plan.has(row, StepPlan.FLAG_NEEDS_MASK)).isEqualTo(sampled && plan.sequenceId(row) == 1);
        }
    }

    @Test
    void aTokenUnderAGrammarIsDrawnWithoutDrafts() {
        SchedulerDriver driver = driver(64, 1, 4, 64);
        Sequence masked = sequence(1, prompt(9, 1), 6);
        masked.setDrafted(true);
        driver.add(masked);
        driver.step();
        masked.setMasked(true);
        masked.setDrafts(new int[] {1, 2, 3}, 3);
        driver.runToTheEnd();

        assertThat(output(masked)).isEqualTo(alone(1, prompt(9, 1), 6));
    }

    @Test
    void scoresThePromptsPositionsInOrderAndOnce() {
        for (int budget : new int[] {64, 7}) {
            SchedulerDriver driver = driver(64, 2, 4, budget);
            Sequence sequence = sequence(
                    1,
                    prompt(20, 1),
                    4,
                    SamplingParams.builder().promptLogprobs(1).build(),
                    NONE);
            sequence.setScoresPrompt(true);
            driver.add(sequence);
            driver.add(sequence(2, prompt(9, 2), 4));
            driver.runToTheEnd();

            assertThat(driver.scored.get(1L))
                    .containsExactly(
                            Arrays.stream(prompt(20, 1)).skip(1).boxed().toArray(Integer[]::new));
            assertThat(driver.scored).doesNotContainKey(2L);
            assertThat(output(sequence)).isEqualTo(alone(1, prompt(20, 1), 4));
        }
    }

    @Test
    void aSequenceThatMayGenerateNothingEndsWithItsPrompt() {
        SchedulerDriver driver = driver(64, 2, 4, 7);
        Sequence sequence = sequence(1, prompt(20, 1), 0);
        sequence.setScoresPrompt(true);
        driver.add(sequence);
        driver.runToTheEnd();

        assertThat(driver.ended(1)).isEqualTo(FinishReason.LENGTH);
        assertThat(sequence.generatedTokens()).isZero();
        assertThat(driver.scored.get(1L)).hasSize(19);
    }

    @Test
    void aSequenceThatIsPooledEndsWithItsVectors() {
        for (PoolingKind kind : List.of(PoolingKind.LAST, PoolingKind.ALL)) {
            SchedulerDriver driver = driver(64, 2, 4, 7);
            Sequence pooled = sequence(1, prompt(20, 1), 0);
            pooled.setPooling(new Pooling(kind, false, 0));
            driver.add(pooled);
            Sequence other = sequence(2, prompt(9, 2), 4);
            driver.add(other);
            driver.runToTheEnd();

            assertThat(driver.vectors.get(1L)).isEqualTo(kind == PoolingKind.ALL ? 20 : 1);
            assertThat(driver.ended(1)).isEqualTo(FinishReason.STOP);
            assertThat(output(other)).isEqualTo(alone(2, prompt(9, 2), 4));
        }
    }

    @Test
    void aPromptThatMayNotBeCutComesInOneRow() {
        SchedulerDriver driver = new SchedulerDriver(provider(), 0, 2, 8, 24, true);
        for (int id = 0; id < 20; id++) {
            Sequence sequence = sequence(id, prompt(1 + id, id), 0);
            sequence.setPooling(new Pooling(PoolingKind.MEAN, false, 0));
            driver.add(sequence);
        }
        driver.runToTheEnd();

        assertThat(driver.vectors).hasSize(20);
    }

    @Test
    void givesEverySequenceTheTokensItGetsAloneWhateverElseRuns() {
        for (int run = 0; run < 60; run++) {
            Random random = new Random(SEED + run);
            SchedulerDriver driver = driver(
                    24 + random.nextInt(30), 1 + random.nextInt(3), 1 + random.nextInt(6), 1 + random.nextInt(40));
            Map<Sequence, int[]> prompts = new LinkedHashMap<>();
            for (int id = 0; id < 12; id++) {
                int[] prompt = prompt(1 + random.nextInt(24), random.nextInt(3));
                Sequence sequence = sequence(id, prompt, 1 + random.nextInt(16));
                if (random.nextInt(3) == 0) {
                    sequence.setDrafted(true);
                    driver.propose(sequence, alone(id, prompt, sequence.maxTokens()), random);
                }
                driver.add(sequence);
                prompts.put(sequence, prompt);
                for (int turns = random.nextInt(4); turns > 0; turns--) {
                    driver.step();
                }
                if (random.nextInt(6) == 0) {
                    driver.scheduler.abort(sequence);
                    prompts.remove(sequence);
                }
            }
            driver.runToTheEnd();
            for (Map.Entry<Sequence, int[]> each : prompts.entrySet()) {
                Sequence sequence = each.getKey();
                assertThat(output(sequence))
                        .as("sequence %d, seed %d", sequence.id(), SEED + run)
                        .isEqualTo(alone(sequence.id(), each.getValue(), sequence.maxTokens()));
            }
        }
    }
}
