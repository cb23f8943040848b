package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Arithmetic in 16 bits comes as close to the reference as its mantissa allows. */
final class SixteenBitTest {
    private static final List<String> MIXTURES =
            List.of("mixtral", "qwen2_moe", "granitemoe", "glm4_moe", "gpt_oss", "deepseek_v2_lite", "deepseek_v3");

    static Stream<Arguments> typesAndCheckpoints() {
        return List.of("bfloat16", "float16").stream()
                .flatMap(type -> Stream.concat(Reference.NAMES.stream(), MIXTURES.stream())
                        .map(name -> Arguments.of(type, name)));
    }

    @ParameterizedTest
    @MethodSource("typesAndCheckpoints")
    void logprobsAreNearTheReference(String type, String name) {
        Reference reference = Reference.of(name);
        EngineConfig config =
                EngineConfig.builder(reference.folder()).dtype(type).build();
        try (Driver driver = new Driver(reference.folder(), config)) {
            Reference.Case each = reference.cases().get(1);
            Driver.Running running = driver.start(each.prompt());
            driver.begin();
            driver.add(running, 16);
            driver.run();
            driver.begin();
            driver.add(running, 512, StepPlan.FLAG_LOGPROBS, driver.model.vocabularySize());
            StepResult result = driver.run();
            float[] logits = each.logits()[0];
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            double worst = 0;
            for (int i = 0; i < logits.length; i++) {
                double expected = logits[result.topTokens(0, 0)[i]] - Math.log(sum);
                worst = Math.max(worst, Math.abs(result.topLogprobs(0, 0)[i] - expected));
            }
            assertThat(worst).isLessThan(type.equals("bfloat16") ? 0.25 : 0.03);
        }
    }
}
