package dev.tokamak.engine;

import static dev.tokamak.engine.Engines.config;
import static dev.tokamak.engine.Engines.greedy;
import static dev.tokamak.engine.Engines.last;
import static dev.tokamak.engine.Engines.prompt;
import static dev.tokamak.engine.Engines.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import dev.tokamak.api.TokenLogprob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnginePromptLogprobsTest {
    @TempDir
    Path folder;

    private static SamplingParams.Builder scored(int maxTokens) {
        return greedy(maxTokens).promptLogprobs(2);
    }

    private static RequestOutput run(TokamakEngine engine, int[] prompt, SamplingParams params)
            throws InterruptedException {
        return last(engine.submit(request(prompt, params)));
    }

    private static int[] ids(List<TokenLogprob> logprobs) {
        return logprobs.stream().mapToInt(TokenLogprob::tokenId).toArray();
    }

    @Test
    void everyTokenButTheFirstHasALogProbability() throws InterruptedException {
        int[] prompt = prompt(30, 1);
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build())) {
            List<TokenLogprob> logprobs = run(engine, prompt, scored(3).build()).promptLogprobs();

            assertThat(ids(logprobs)).isEqualTo(Arrays.copyOfRange(prompt, 1, 30));
            assertThat(logprobs).allSatisfy(each -> {
                assertThat(each.top()).hasSize(2);
                assertThat(each.rank()).isPositive();
            });
        }
    }

    @Test
    void theyAreTheSameInChunksFromThePrefixCacheAndAfterPreemptions() throws InterruptedException {
        int[] prompt = prompt(50, 1);
        List<TokenLogprob> expected;
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build())) {
            expected = run(engine, prompt, scored(3).build()).promptLogprobs();
        }
        EngineConfig tight =
                config(folder, "blocks", "30").maxNumBatchedTokens(7).build();
        try (TokamakEngine engine = TokamakEngine.open(tight)) {
            run(engine, prompt, greedy(3).build());
            List<RequestStream> streams = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                streams.add(engine.submit(request(prompt, scored(20).build())));
            }
            for (RequestStream stream : streams) {
                RequestOutput output = last(stream);
                assertThat(output.promptLogprobs()).isEqualTo(expected);
                assertThat(output.outputs().get(0).tokenIds()).hasSize(20);
            }
            assertThat(Engines.metric(engine, "num_preemptions_total")).isPositive();
        }
    }

    @Test
    void deltasCarryThemOnceAndTheFirst() throws InterruptedException {
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build());
                RequestStream stream = engine.submit(request(
                        prompt(9, 1), scored(5).outputKind(OutputKind.DELTA).build()))) {
            RequestOutput first = stream.take().orElseThrow();
            assertThat(first.promptLogprobs()).hasSize(8);
            RequestOutput next = first;
            while (!next.finished()) {
                next = stream.take().orElseThrow();
                assertThat(next.promptLogprobs()).isEmpty();
            }
        }
    }

    @Test
    void outputsThatCarryEverythingCarryThemEachTime() throws InterruptedException {
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build());
                RequestStream stream = engine.submit(request(
                        prompt(9, 1),
                        scored(5).outputKind(OutputKind.CUMULATIVE).build()))) {
            RequestOutput output = stream.take().orElseThrow();
            assertThat(output.promptLogprobs()).hasSize(8);
            while (!output.finished()) {
                output = stream.take().orElseThrow();
                assertThat(output.promptLogprobs()).hasSize(8);
            }
        }
    }

    @Test
    void nothingIsGeneratedWhereNoTokenIsWanted() throws InterruptedException {
        int[] prompt = prompt(64, 1);
        EngineConfig config =
                config(folder, "context", "64").maxNumBatchedTokens(10).build();
        try (TokamakEngine engine = TokamakEngine.open(config)) {
            RequestOutput output = run(engine, prompt, scored(0).build());

            assertThat(ids(output.promptLogprobs())).isEqualTo(Arrays.copyOfRange(prompt, 1, 64));
            assertThat(output.outputs().get(0).tokenIds()).isEmpty();
            assertThat(output.outputs().get(0).finishReason()).contains(FinishReason.LENGTH);
            assertThat(output.generatedTokens()).isZero();
        }
    }

    @Test
    void aPromptOfOneTokenHasNone() throws InterruptedException {
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build())) {
            RequestOutput output = run(engine, prompt(1, 1), scored(2).build());

            assertThat(output.promptLogprobs()).isEmpty();
            assertThat(output.outputs().get(0).tokenIds()).hasSize(2);
        }
    }

    @Test
    void severalCompletionsShareThem() throws InterruptedException {
        SamplingParams params = SamplingParams.builder()
                .n(3)
                .seed(5)
                .maxTokens(4)
                .ignoreEos(true)
                .promptLogprobs(0)
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        try (TokamakEngine engine = TokamakEngine.open(config(folder).build())) {
            RequestOutput output = run(engine, prompt(20, 1), params);

            assertThat(output.promptLogprobs()).hasSize(19);
            assertThat(output.outputs()).hasSize(3).allSatisfy(each -> assertThat(each.tokenIds())
                    .hasSize(4));
        }
    }

    @Test
    void withoutThemATokenMustBeWanted() {
        assertThatThrownBy(() -> SamplingParams.builder().maxTokens(0).build())
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.param()).contains("max_tokens"));
        assertThatThrownBy(() -> SamplingParams.builder().promptLogprobs(-1).build())
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.param()).contains("prompt_logprobs"));
    }
}
