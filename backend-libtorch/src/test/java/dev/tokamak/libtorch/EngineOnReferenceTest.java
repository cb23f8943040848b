package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.spi.executor.KvGroup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole engine on real checkpoints gives the reference's tokens, whatever its scheduler does on the way. */
class EngineOnReferenceTest {
    private static EngineConfig.Builder config(Reference reference) {
        return EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .tokenizerProvider("bytes")
                .maxNumSeqs(8);
    }

    private static RequestStream submit(TokamakEngine engine, Reference.Case each) {
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .maxTokens(each.continuation().length)
                .ignoreEos(true)
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        return engine.submit(
                GenerationRequest.builder(Prompt.tokens(each.prompt()), params).build());
    }

    /** Submits each case as often as asked, all at once, and compares all of them. Returns how much came from the cache. */
    private static int runTogether(TokamakEngine engine, Reference reference, int times) throws InterruptedException {
        List<RequestStream> streams = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            for (Reference.Case each : reference.cases()) {
                streams.add(submit(engine, each));
            }
        }
        int cached = 0;
        for (int i = 0; i < streams.size(); i++) {
            try (RequestStream stream = streams.get(i)) {
                RequestOutput output = stream.take().orElseThrow();
                int[] expected =
                        reference.cases().get(i % reference.cases().size()).continuation();
                assertThat(output.outputs().get(0).tokenIds()).isEqualTo(expected);
                cached += output.cachedTokens();
            }
        }
        return cached;
    }

    private static double preemptions(TokamakEngine engine) {
        return engine.metrics().stream()
                .filter(metric -> metric.name().equals("num_preemptions_total"))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama31", "mistral", "qwen3", "qwen3_moe", "deepseek_v3"})
    void givesTheReferencesTokensColdInChunksOfSevenAndFromThePrefixCache(String name) throws InterruptedException {
        Reference reference = Reference.of(name);
        try (TokamakEngine engine =
                TokamakEngine.open(config(reference).maxNumBatchedTokens(7).build())) {
            runTogether(engine, reference, 1);
            assertThat(runTogether(engine, reference, 1)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama31", "qwen3", "deepseek_v2", "lfm2"})
    void givesTheReferencesTokensWhenSequencesArePreempted(String name) throws InterruptedException {
        Reference reference = Reference.of(name);
        int longest = reference.cases().stream()
                .mapToInt(each -> each.prompt().length + each.continuation().length)
                .max()
                .orElseThrow();
        try (TokamakEngine roomy = TokamakEngine.open(config(reference).build())) {
            var group = roomy.modelInfo().kvGroups().get(0);
            EngineConfig tight = config(reference)
                    .kvCacheMemoryBytes(2L * longest * group.bytesPerToken())
                    .enablePrefixCaching(false)
                    .build();
            try (TokamakEngine engine = TokamakEngine.open(tight)) {
                runTogether(engine, reference, 4);
                assertThat(preemptions(engine)).isGreaterThanOrEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lfm2"})
    void aRecurrentModelBeginsEachSequenceAnewAndSharesNoPrefix(String name) throws InterruptedException {
        Reference reference = Reference.of(name);
        EngineConfig config =
                config(reference).maxNumBatchedTokens(7).maxNumSeqs(3).build();
        try (TokamakEngine engine = TokamakEngine.open(config)) {
            assertThat(engine.modelInfo().kvGroups()).hasAtLeastOneElementOfType(KvGroup.State.class);
            assertThat(runTogether(engine, reference, 4)).isZero();
            assertThat(runTogether(engine, reference, 1)).isZero();
        }
    }

    @Test
    void failsOnlyTheRequestWhoseFieldsLeaveNothingInTheMiddle() throws InterruptedException {
        Reference reference = Reference.of("llama31");
        Reference.Case healthy = reference.cases().get(0);
        SamplingParams contradicting = SamplingParams.builder()
                .temperature(0)
                .allowedTokenIds(List.of(65))
                .badWords(List.of(List.of(65, 65)))
                .build();
        try (TokamakEngine engine = TokamakEngine.open(config(reference).build());
                RequestStream first = submit(engine, healthy);
                RequestStream empty = engine.submit(GenerationRequest.builder(Prompt.tokens(1, 2, 3), contradicting)
                        .build());
                RequestStream last = submit(engine, healthy)) {
            assertThatThrownBy(() -> {
                        while (!empty.take().orElseThrow().finished()) {}
                    })
                    .hasMessage("at token 2, allowed_token_ids and bad_words leave no token that could be drawn");
            for (RequestStream stream : List.of(first, last)) {
                assertThat(stream.take().orElseThrow().outputs().get(0).tokenIds())
                        .isEqualTo(healthy.continuation());
            }
        }
    }
}
