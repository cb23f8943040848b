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
        return Reference.NAMES.stream();
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

    /** Log probabilities of the whole vocabulary are its logits up to a number that a softmax does not see. */
    @ParameterizedTest
    @MethodSource("checkpoints")
    void logitsAreThoseOfTheReference(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            for (Reference.Case each : reference.cases()) {
                Driver.Running running = driver.start(each.prompt());
                for (int step = 0; step < STEPS; step++) {
                    driver.begin();
                    driver.add(running, WHOLE, StepPlan.FLAG_LOGPROBS, driver.model.vocabularySize());
                    StepResult result = driver.run();
                    float[] expected = logSoftmax(each.logits()[step]);
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

    private static float[] logSoftmax(float[] logits) {
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
