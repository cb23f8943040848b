package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.spi.executor.KvGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose layers have windows in part keep, for those layers, what the windows show and no more. */
class WindowGroupsTest {
    private static final int TOKENS = 64;

    @ParameterizedTest
    @ValueSource(strings = {"gemma2", "gemma3", "olmo3", "cohere2", "gpt_oss"})
    void tokensAreTheSameWhenBlocksBehindTheWindowsServeOthersAtOnce(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            assertThat(driver.model.kvGroups())
                    .hasAtLeastOneElementOfType(KvGroup.Full.class)
                    .hasAtLeastOneElementOfType(KvGroup.Window.class);
            driver.scatterBlocks(7);
            List<Driver.Running> all = new ArrayList<>();
            for (Reference.Case each : reference.cases()) {
                all.add(driver.start(each.prompt()));
            }
            while (all.stream().anyMatch(running -> running.output().length < TOKENS)) {
                driver.begin();
                for (Driver.Running running : all) {
                    if (running.output().length < TOKENS) {
                        driver.add(running, 11);
                    }
                }
                driver.run();
                all.forEach(Driver.Running::forgetWhatIsBehindTheWindows);
            }
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).output())
                        .isEqualTo(reference.cases().get(i).continuation());
                assertThat(IntStream.of(all.get(i).forgotten).sum()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma3", "olmo3"})
    void theEngineServesInMemoryThatWouldNotHoldAllLayersWhole(String name) throws InterruptedException {
        Reference reference = Reference.of(name);
        Reference.Case longest = reference.cases().stream()
                .max((a, b) -> Integer.compare(a.prompt().length, b.prompt().length))
                .orElseThrow();
        int tokens = longest.prompt().length + TOKENS;
        long whole;
        try (TokamakEngine roomy = TokamakEngine.open(config(reference).build())) {
            whole = tokens
                    * roomy.modelInfo().kvGroups().stream()
                            .mapToLong(KvGroup::bytesPerToken)
                            .sum();
        }
        EngineConfig tight = config(reference)
                .kvCacheMemoryBytes(whole * 3 / 4)
                .maxModelLen(tokens)
                .maxNumBatchedTokens(16)
                .build();
        try (TokamakEngine engine = TokamakEngine.open(tight)) {
            for (int round = 0; round < 2; round++) {
                assertThat(generate(engine, longest.prompt())).isEqualTo(longest.continuation());
            }
        }
    }

    private static EngineConfig.Builder config(Reference reference) {
        return EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .tokenizerProvider("bytes")
                .maxNumSeqs(8);
    }

    private static int[] generate(TokamakEngine engine, int[] prompt) throws InterruptedException {
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .maxTokens(TOKENS)
                .ignoreEos(true)
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        try (RequestStream stream = engine.submit(
                GenerationRequest.builder(Prompt.tokens(prompt), params).build())) {
            return stream.take().orElseThrow().outputs().get(0).tokenIds();
        }
    }
}
