package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The engine fills one object with the masks of every step. */
final class MasksTest {
    @Test
    void masksAreThoseOfTheMomentThatTheyWereGiven() {
        Reference reference = Reference.of("llama2");
        try (Driver driver = new Driver(reference.folder())) {
            StepMasks masks = new StepMasks(driver.model.vocabularySize(), 1);
            StepResult result = new StepResult();
            for (int allowed = 3; allowed < 200; allowed += 7) {
                Driver.Running running = driver.start(reference.cases().get(0).prompt());
                driver.begin();
                driver.add(running, 512, StepPlan.FLAG_NEEDS_MASK, 0);
                driver.executor.launch(driver.plan());
                masks.resize(1);
                Arrays.fill(masks.words(), 0);
                masks.words()[allowed >> 5] = 1 << (allowed & 31);
                driver.executor.sample(masks);
                Arrays.fill(masks.words(), 0);
                masks.words()[0] = 1;
                driver.executor.await(result);
                assertThat(result.token(0, 0)).isEqualTo(allowed);
                running.release();
            }
        }
    }
}
