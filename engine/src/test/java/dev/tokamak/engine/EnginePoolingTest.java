package dev.tokamak.engine;

import static dev.tokamak.engine.Engines.config;
import static dev.tokamak.engine.Engines.greedy;
import static dev.tokamak.engine.Engines.last;
import static dev.tokamak.engine.Engines.metric;
import static dev.tokamak.engine.Engines.prompt;
import static dev.tokamak.engine.Engines.request;
import static dev.tokamak.engine.Engines.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.LLM;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.TokamakException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnginePoolingTest {
    @TempDir
    Path folder;

    private TokamakEngine open(String... options) {
        return TokamakEngine.open(config(folder, options).build());
    }

    private static PoolingParams params(PoolingKind kind) {
        return PoolingParams.builder().kind(kind).build();
    }

    private static RequestOutput pooled(TokamakEngine engine, int[] prompt, PoolingParams params)
            throws InterruptedException {
        return last(engine.pool(List.of(
                        PoolingRequest.builder(Prompt.tokens(prompt), params).build()))
                .get(0));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HEAD")
    void givesTheSameVectorsAloneInChunksAndFromThePrefixCache(PoolingKind kind) throws InterruptedException {
        int[] prompt = prompt(50, 1);
        List<float[]> whole;
        try (TokamakEngine engine = open()) {
            whole = pooled(engine, prompt, params(kind)).vectors();
        }
        try (TokamakEngine engine =
                TokamakEngine.open(config(folder).maxNumBatchedTokens(7).build())) {
            List<RequestStream> others = new ArrayList<>();
            for (int i = 2; i < 6; i++) {
                others.add(engine.submit(request(prompt(20, i), greedy(10).build())));
            }
            RequestOutput cold = pooled(engine, prompt, params(kind));
            RequestOutput warm = pooled(engine, prompt, params(kind));
            for (RequestStream other : others) {
                last(other);
            }

            assertThat(whole).hasSize(kind == PoolingKind.ALL ? 50 : 1);
            assertThat(cold.vectors()).usingRecursiveComparison().isEqualTo(whole);
            assertThat(warm.vectors()).usingRecursiveComparison().isEqualTo(whole);
            assertThat(warm.cachedTokens() > 0).isEqualTo(kind == PoolingKind.LAST);
            assertThat(metric(engine, "kv_cache_usage_perc")).isZero();
        }
    }

    @Test
    void theOnlyOutputHasTheVectorAndNoCompletion() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            RequestOutput output = pooled(engine, prompt(9, 1), PoolingParams.defaults());
            double squares = 0;
            for (float value : output.pooled().orElseThrow()) {
                squares += value * value;
            }

            assertThat(output.finished()).isTrue();
            assertThat(output.outputs()).isEmpty();
            assertThat(output.promptTokens()).isEqualTo(9);
            assertThat(output.generatedTokens()).isZero();
            assertThat(squares).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void aPromptMayFillTheContextSinceNothingIsAnswered() throws InterruptedException {
        try (TokamakEngine engine = open("context", "64")) {
            assertThat(pooled(engine, prompt(64, 1), PoolingParams.defaults()).vectors())
                    .hasSize(1);
            assertThatThrownBy(() -> pooled(engine, prompt(65, 1), PoolingParams.defaults()))
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG));
        }
    }

    @Test
    void whatTheModelDoesNotGiveIsRefusedByItsField() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            assertThatThrownBy(() -> pooled(engine, prompt(9, 1), params(PoolingKind.HEAD)))
                    .hasMessageContaining("it gives [LAST, MEAN, CLS, ALL]")
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.param()).contains("pooling"));
            PoolingParams wide = PoolingParams.builder().dimensions(9).build();
            assertThatThrownBy(() -> pooled(engine, prompt(9, 1), wide))
                    .hasMessageContaining("at most 8")
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.param()).contains("dimensions"));
            PoolingParams narrow = PoolingParams.builder().dimensions(3).build();
            assertThat(pooled(engine, prompt(9, 1), narrow).pooled().orElseThrow())
                    .hasSize(3);
        }
    }

    @Test
    void oneRefusedPromptOfACallLeavesNothingOfTheOthers() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            List<PoolingRequest> requests = List.of(
                    PoolingRequest.builder(Prompt.tokens(1, 2), PoolingParams.defaults())
                            .build(),
                    PoolingRequest.builder(Prompt.tokens(), PoolingParams.defaults())
                            .build());
            assertThatThrownBy(() -> engine.pool(requests)).isInstanceOf(TokamakException.class);
            assertThat(tokens(engine, prompt(5, 1), greedy(3).build())).hasSize(3);
            assertThat(metric(engine, "requests_running")).isZero();
        }
    }

    @Test
    void anEncoderTakesItsPromptsWholeAndHasNoCache() throws InterruptedException {
        try (TokamakEngine engine = open("encoder", "true")) {
            List<PoolingRequest> requests = new ArrayList<>();
            List<float[]> alone = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int[] prompt = prompt(10 + 4 * i, i);
                requests.add(PoolingRequest.builder(Prompt.tokens(prompt), params(PoolingKind.MEAN))
                        .build());
                alone.add(pooled(engine, prompt, params(PoolingKind.MEAN))
                        .pooled()
                        .orElseThrow());
            }
            List<RequestStream> streams = engine.pool(requests);
            for (int i = 0; i < streams.size(); i++) {
                assertThat(last(streams.get(i)).pooled().orElseThrow()).isEqualTo(alone.get(i));
            }
            assertThat(metric(engine, "kv_cache_blocks")).isZero();
        }
    }

    @Test
    void anEncodersPromptIsNoLongerThanAStep() {
        try (TokamakEngine engine = open("encoder", "true")) {
            assertThat(engine.model().maxModelLen()).isEqualTo(64);
            assertThatThrownBy(() -> pooled(engine, prompt(65, 1), PoolingParams.defaults()))
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG));
        }
    }

    @Test
    void anEncoderRefusesToGenerate() {
        try (TokamakEngine engine = open("encoder", "true")) {
            assertThatThrownBy(() -> tokens(engine, prompt(5, 1), greedy(3).build()))
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
        }
    }

    @Test
    void aRowOfWhichNothingIsANumberFailsItsRequestAlone() throws InterruptedException {
        try (TokamakEngine engine = open("poison", "77")) {
            assertThatThrownBy(() -> pooled(engine, new int[] {1, 77, 2}, PoolingParams.defaults()))
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STEP_FAILED));
            assertThat(pooled(engine, new int[] {1, 2}, PoolingParams.defaults())
                            .vectors())
                    .hasSize(1);
        }
    }

    @Test
    void embedsTextsOffline() throws InterruptedException {
        try (LLM llm = LLM.open(config(folder, "vocabulary", "300").build())) {
            List<float[]> vectors = llm.embed(List.of("one", "two", "one"), PoolingParams.defaults());

            assertThat(vectors).hasSize(3);
            assertThat(vectors.get(0)).isEqualTo(vectors.get(2)).isNotEqualTo(vectors.get(1));
            assertThat(llm.pool(List.of(Prompt.text("three")), params(PoolingKind.ALL))
                            .get(0)
                            .vectors())
                    .hasSizeGreaterThan(1);
            assertThatThrownBy(() -> llm.embed(List.of("one"), params(PoolingKind.ALL)))
                    .isInstanceOf(TokamakException.class);
        }
    }
}
