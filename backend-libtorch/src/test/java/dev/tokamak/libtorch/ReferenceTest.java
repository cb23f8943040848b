package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same answers as {@code transformers}, however the engine cuts and mixes the work. */
final class ReferenceTest {
    private static final int WHOLE = 512;
    private static final int STEPS = 64;

    static Stream<String> checkpoints() {
        return Stream.concat(Reference.NAMES.stream(), Reference.FAMILIES.stream());
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void greedyTokensAreThoseOfTheReference(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            for (Reference.Case each : reference.cases()) {
                Driver.Running alone = driver.start(each.prompt());
                driver.generate(STEPS, WHOLE, alone);
                assertThat(alone.output()).isEqualTo(each.continuation());
                alone.release();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void tokensAreTheSameInAMixedBatch(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            driver.scatterBlocks(1);
            Reference.Case first = reference.cases().get(0);
            Reference.Case second = reference.cases().get(1);
            Driver.Running decoding = driver.start(first.prompt());
            driver.generate(10, WHOLE, decoding);
            Driver.Running prefilling = driver.start(second.prompt());
            Driver.Running again = driver.start(first.prompt());
            driver.generate(STEPS, 5, prefilling, decoding, again);
            assertThat(decoding.output()).isEqualTo(first.continuation());
            assertThat(prefilling.output()).isEqualTo(second.continuation());
            assertThat(again.output()).isEqualTo(first.continuation());
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void tokensAreTheSameInChunksOfSeven(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            driver.scatterBlocks(2);
            for (Reference.Case each : reference.cases()) {
                Driver.Running running = driver.start(each.prompt());
                driver.generate(STEPS, 7, running);
                assertThat(running.output()).isEqualTo(each.continuation());
            }
        }
    }

    static Stream<String> thoseThatSharePrefixes() {
        return checkpoints().filter(name -> !Reference.RECURRENT.contains(name));
    }

    @ParameterizedTest
    @MethodSource("thoseThatSharePrefixes")
    void tokensAreTheSameFromCachedBlocks(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            Reference.Case each = reference.cases().get(1);
            Driver.Running cold = driver.start(each.prompt());
            driver.generate(1, WHOLE, cold);
            Driver.Running warm = driver.start(each.prompt());
            warm.attach(cold, each.prompt().length / Driver.BLOCK_SIZE);
            driver.generate(STEPS, WHOLE, warm, cold);
            assertThat(warm.output()).isEqualTo(each.continuation());
            assertThat(cold.output()).isEqualTo(each.continuation());
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void tokensAreTheSameAfterTwoPreemptions(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            Reference.Case each = reference.cases().get(0);
            Driver.Running running = driver.start(each.prompt());
            for (int until : new int[] {11, 40}) {
                driver.generate(until, WHOLE, running);
                running = driver.preempt(running);
            }
            driver.generate(STEPS, 16, running);
            assertThat(running.output()).isEqualTo(each.continuation());
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void tokensAreTheSameWhenTheNextStepIsLaunchedBeforeTheLastIsAwaited(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            Reference.Case each = reference.cases().get(1);
            Driver.Running running = driver.start(each.prompt());
            driver.generatePipelined(STEPS, running);
            assertThat(running.output()).isEqualTo(each.continuation());
        }
    }

    /** Log probabilities of the whole vocabulary are its logits up to a number that a softmax does not see. */
    @ParameterizedTest
    @MethodSource("checkpoints")
    void logitsAreThoseOfTheReference(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            for (Reference.Case each : reference.cases()) {
                Driver.Running running = driver.start(each.prompt());
                int every = STEPS / each.logits().length;
                for (int step = 0; step < STEPS; step++) {
                    driver.begin();
                    driver.add(running, WHOLE, StepPlan.FLAG_LOGPROBS, driver.model.vocabularySize());
                    StepResult result = driver.run();
                    if (step % every != 0) {
                        continue;
                    }
                    float[] expected = logSoftmax(each.logits()[step / every]);
                    float[] found = new float[expected.length];
                    for (int i = 0; i < found.length; i++) {
                        found[result.topTokens(0, 0)[i]] = result.topLogprobs(0, 0)[i];
                    }
                    assertThat(found).as("step %d", step).containsExactly(expected, offset(1e-4f));
                    assertThat(result.rank(0, 0)).isEqualTo(1);
                }
                running.release();
            }
        }
    }

    static float[] logSoftmax(float[] logits) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        float[] result = new float[logits.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (logits[i] - Math.log(sum));
        }
        return result;
    }
}
