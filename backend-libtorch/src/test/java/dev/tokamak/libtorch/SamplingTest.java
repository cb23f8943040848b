package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What single requests ask of sampling, through the executor. */
final class SamplingTest {
    private static final Reference.Case CASE = Reference.of("llama2").cases().get(0);
    private static final int BEST = CASE.continuation()[0];
    private static final int SECOND = secondBest(CASE.logits()[0]);
    private static Driver driver;

    @BeforeAll
    static void load() {
        driver = new Driver(Reference.folder("llama2"));
    }

    @AfterAll
    static void close() {
        driver.close();
    }

    private static int secondBest(float[] logits) {
        float[] rest = logits.clone();
        rest[BEST] = Float.NEGATIVE_INFINITY;
        int best = 0;
        for (int i = 0; i < rest.length; i++) {
            best = rest[i] > rest[best] ? i : best;
        }
        return best;
    }

    private static SamplingParams.Builder greedy() {
        return SamplingParams.builder().temperature(0);
    }

    private int[] generate(SamplingParams params, int tokens) {
        Driver.Running running = driver.start(CASE.prompt(), params);
        driver.generate(tokens, 512, running);
        running.release();
        return running.output();
    }

    @Test
    void aBiasMakesATokenWin() {
        assertThat(generate(greedy().logitBias(Map.of(77, 50f)).build(), 2)).containsExactly(77, 77);
    }

    @Test
    void allowedTokensAreTheOnlyOnes() {
        assertThat(generate(greedy().allowedTokenIds(List.of(5, SECOND, 200)).build(), 1))
                .containsExactly(SECOND);
    }

    @Test
    void aBadTokenIsNeverDrawn() {
        assertThat(generate(greedy().badWords(List.of(List.of(BEST))).build(), 1))
                .containsExactly(SECOND);
    }

    @Test
    void aBadWordsLastTokenIsNotDrawnAfterTheOthers() {
        int[] free = CASE.continuation();
        int[] held =
                generate(greedy().badWords(List.of(List.of(free[0], free[1]))).build(), 2);
        assertThat(held[0]).isEqualTo(free[0]);
        assertThat(held[1]).isNotEqualTo(free[1]);
    }

    @Test
    void endTokensAreHeldBackUntilMinTokens() {
        SamplingParams wantsToEnd =
                greedy().logitBias(Map.of(2, 100f)).minTokens(3).build();
        SamplingParams allowedToEnd = greedy().logitBias(Map.of(2, 100f)).build();
        assertThat(generate(allowedToEnd, 1)).containsExactly(2);
        // The bias comes after the end tokens are held back and leaves them so.
        int[] output = generate(wantsToEnd, 4);
        assertThat(Arrays.copyOf(output, 3)).doesNotContain(2);
        assertThat(output[3]).isEqualTo(2);
    }

    @Test
    void penaltiesPushRepeatedTokensBack() {
        int[] repeated = generate(greedy().logitBias(Map.of(77, 30f, 78, 29f)).build(), 3);
        assertThat(repeated).containsExactly(77, 77, 77);
        int[] presence = generate(
                greedy().logitBias(Map.of(77, 30f, 78, 29f)).presencePenalty(2).build(), 3);
        assertThat(presence[0]).isEqualTo(77);
        assertThat(presence[1]).isEqualTo(78);
        int[] repetition = generate(
                greedy().logitBias(Map.of(77, 30f, 78, 29f))
                        .repetitionPenalty(1.5)
                        .build(),
                3);
        assertThat(repetition[0]).isEqualTo(77);
        assertThat(repetition[1]).isEqualTo(78);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 1e-38, 1e38, 1e300})
    void theLargestAndSmallestRepetitionPenaltiesLeaveNumbers(double penalty) {
        SamplingParams params = SamplingParams.builder()
                .temperature(1e-4)
                .seed(3)
                .repetitionPenalty(penalty)
                .allowedTokenIds(List.of(SECOND, 77))
                .build();

        assertThat(Arrays.stream(generate(params, 6)).boxed()).hasSize(6).isSubsetOf(SECOND, 77);
    }

    @Test
    void penaltiesCountTheSameAfterAPreemption() {
        SamplingParams params =
                greedy().frequencyPenalty(1.5).repetitionPenalty(1.2).build();
        int[] undisturbed = generate(params, 24);
        Driver.Running running = driver.start(CASE.prompt(), params);
        driver.generate(11, 512, running);
        running = driver.preempt(running);
        driver.generate(24, 512, running);
        running.release();
        assertThat(running.output()).isEqualTo(undisturbed);
    }

    @Test
    void aSeedDrawsTheSameTokensAloneAndInABatch() {
        SamplingParams seeded =
                SamplingParams.builder().temperature(1).topP(0.9).seed(42L).build();
        int[] alone = generate(seeded, 16);
        Driver.Running first = driver.start(CASE.prompt(), seeded);
        Driver.Running other =
                driver.start(CASE.prompt(), seeded.toBuilder().seed(43L).build());
        driver.generate(16, 3, other, first);
        first.release();
        other.release();
        assertThat(first.output()).isEqualTo(alone);
        assertThat(other.output()).isNotEqualTo(alone);
    }

    @Test
    void aMaskAllowsOnlyItsTokens() {
        Driver.Running running = driver.start(CASE.prompt());
        driver.begin();
        driver.add(running, 512, StepPlan.FLAG_NEEDS_MASK, 0);
        StepMasks masks = new StepMasks(256, 1);
        masks.resize(1);
        masks.words()[SECOND >>> 5] |= 1 << (SECOND & 31);
        masks.words()[3] |= 1 << 31;
        StepResult result = new StepResult();
        driver.executor.launch(driver.plan());
        driver.executor.sample(masks);
        driver.executor.await(result);
        running.release();
        assertThat(result.token(0, 0)).isEqualTo(SECOND);
    }

    @Test
    void logprobsAreRawAndRanked() {
        Driver.Running running = driver.start(
                CASE.prompt(), greedy().logitBias(Map.of(SECOND, 100f)).build());
        driver.begin();
        driver.add(running, 512, StepPlan.FLAG_LOGPROBS, 3);
        StepResult result = driver.run();
        running.release();
        double sum = 0;
        for (float logit : CASE.logits()[0]) {
            sum += Math.exp(logit);
        }
        assertThat(result.token(0, 0)).isEqualTo(SECOND);
        assertThat(result.rank(0, 0)).isEqualTo(2);
        assertThat(result.logprob(0, 0)).isCloseTo((float) (CASE.logits()[0][SECOND] - Math.log(sum)), offset(1e-4f));
        assertThat(result.topTokens(0, 0)).startsWith(BEST, SECOND).hasSize(3);
        assertThat(result.topLogprobs(0, 0)[1]).isEqualTo(result.logprob(0, 0));
    }

    @Test
    void aResetEndsAStepThatWaitsForItsMask() {
        Driver.Running running = driver.start(CASE.prompt());
        driver.begin();
        driver.add(running, 512, StepPlan.FLAG_NEEDS_MASK, 0);
        driver.executor.launch(driver.plan());
        driver.executor.reset();
        running.release();
        assertThat(generate(greedy().build(), 4)).isEqualTo(Arrays.copyOf(CASE.continuation(), 4));
    }

    @Test
    void aStepThatFailsIsReportedAndTheNextOneRuns() {
        StepPlan broken = new StepPlan();
        broken.begin(1);
        broken.addRow(1, 0, StepPlan.FLAG_SAMPLE | StepPlan.FLAG_NEW_SLOT, 0, 0);
        broken.addToken(100_000);
        broken.addBlocks(0, 0, new int[] {0}, 0, 1);
        driver.executor.launch(broken);
        assertThatThrownBy(() -> driver.executor.await(new StepResult()))
                .isInstanceOf(TokamakException.class)
                .satisfies(e -> assertThat(((TokamakException) e).code()).isEqualTo(ErrorCode.STEP_FAILED));
        driver.executor.reset();
        assertThat(generate(greedy().build(), 4)).isEqualTo(Arrays.copyOf(CASE.continuation(), 4));
    }
}
