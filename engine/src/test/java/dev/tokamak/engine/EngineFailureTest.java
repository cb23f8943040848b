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
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.EngineHealth;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineFailureTest {
    @TempDir
    Path folder;

    private TokamakEngine faulty(long watchdogMillis, String option, String value) {
        return TokamakEngine.open(config(folder)
                .executor("faulty")
                .watchdogMillis(watchdogMillis)
                .options(Map.of("faulty." + option, value, "deterministic.steps-in-flight", "2"))
                .build());
    }

    private static void fails(RequestStream stream, ErrorCode code) {
        assertThatThrownBy(() -> last(stream)).isInstanceOfSatisfying(TokamakException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void defaultsThatNoRequestCouldBeServedWithAreRefusedBeforeTheWeightsAreRead() throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), "{\"temperature\": NaN}");
        assertThatThrownBy(() -> faulty(60_000, "load", "the weights were read"))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining("generation_config.json has temperature = NaN");
    }

    @Test
    void failsTheRequestsOfAFailedStepAndGoesOn() throws InterruptedException {
        try (TokamakEngine engine = faulty(60_000, "fail", "3")) {
            fails(engine.submit(request(prompt(5, 1), greedy(20).build())), ErrorCode.STEP_FAILED);

            assertThat(tokens(engine, prompt(5, 1), greedy(20).build())).hasSize(20);
            assertThat(engine.health().ready()).isTrue();
            assertThat(metric(engine, "failed_steps_total")).isEqualTo(1);
            assertThat(metric(engine, "kv_cache_usage_perc")).isZero();
        }
    }

    @Test
    void failsTheRequestsOfAStepThatAnErrorEndedAndGoesOn() throws InterruptedException {
        try (TokamakEngine engine = faulty(60_000, "error", "2")) {
            assertThatThrownBy(() ->
                            last(engine.submit(request(prompt(5, 1), greedy(20).build()))))
                    .hasMessage("the step that carried this request failed: see the server's log");

            assertThat(tokens(engine, prompt(5, 1), greedy(20).build())).hasSize(20);
            assertThat(engine.health().ready()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"scheduling-policy", "scheduler", "kv-cache-manager", "executor", "tokenizer", "chat-template"})
    void refusesToStartWithAPluginThatMakesNothing(String kind) {
        EngineConfig.Builder config = config(folder);
        switch (kind) {
            case "scheduling-policy" -> config.schedulingPolicy("nothing");
            case "scheduler" -> config.scheduler("nothing");
            case "kv-cache-manager" -> config.kvCacheManager("nothing");
            case "executor" -> config.executor("nothing");
            case "tokenizer" -> config.tokenizerProvider("nothing");
            default -> config.chatTemplateProvider("nothing").chatTemplate("{{ messages }}");
        }
        assertThatThrownBy(() -> TokamakEngine.open(config.build()))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                .hasMessageContaining("the " + kind + " \"nothing\" returned null");
    }

    @Test
    void isDeadWhenSteppingFailsAgainAndAgain() {
        try (TokamakEngine engine = faulty(60_000, "fail", "1,2,3")) {
            for (int i = 0; i < 2; i++) {
                fails(engine.submit(request(prompt(5, 1), greedy(20).build())), ErrorCode.STEP_FAILED);
            }
            // The third may hear of its step or already of the engine's end.
            ErrorCode code = ErrorCode.STEP_FAILED;
            while (code == ErrorCode.STEP_FAILED) {
                TokamakException failure = catchThrowableOfType(
                        TokamakException.class,
                        () -> last(
                                engine.submit(request(prompt(5, 1), greedy(20).build()))));
                code = failure == null ? code : failure.code();
            }
            assertThat(code).isEqualTo(ErrorCode.ENGINE_DEAD);
            assertThat(engine.health().state()).isEqualTo(EngineHealth.State.DEAD);
            assertThat(engine.health().detail()).contains("3 steps", "step 3 was told to fail");
        }
    }

    @Test
    void failsOnlyTheRowWhoseLogitsAreNotNumbers() throws InterruptedException {
        try (TokamakEngine engine = TokamakEngine.open(
                config(folder, "poison", "200", "vocabulary", "201").build())) {
            var sound = greedy(10).allowedTokenIds(java.util.List.of(65)).build();
            RequestStream poisoned = engine.submit(request(new int[] {1, 200, 3}, sound));
            RequestStream healthy = engine.submit(request(new int[] {1, 2, 3}, sound));

            fails(poisoned, ErrorCode.STEP_FAILED);
            assertThat(last(healthy).outputs().get(0).tokenIds()).hasSize(10);
        }
    }

    @Test
    void saysThatItIsStalledAndRecovers() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        FaultyExecutorProvider.GATES.put("stall", gate);
        try (TokamakEngine engine = faulty(50, "gate", "stall")) {
            RequestStream stream = engine.submit(request(prompt(5, 1), greedy(3).build()));
            while (engine.health().state() != EngineHealth.State.STALLED) {
                Thread.onSpinWait();
            }
            assertThat(engine.health().detail()).contains("no step has completed");

            gate.countDown();
            assertThat(last(stream).finished()).isTrue();
            while (!engine.health().ready()) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void wakesReadersWhenItIsClosedWhileAStepHangs() {
        CountDownLatch gate = new CountDownLatch(1);
        FaultyExecutorProvider.GATES.put("hang", gate);
        TokamakEngine engine = faulty(50, "gate", "hang");
        RequestStream stream = engine.submit(request(prompt(5, 1), greedy(3).build()));
        while (metric(engine, "requests_running") == 0) {
            Thread.onSpinWait();
        }
        engine.close();

        fails(stream, ErrorCode.ENGINE_DEAD);
        gate.countDown();
    }

    @Test
    void isReadyAfterALongRest() throws InterruptedException {
        try (TokamakEngine engine = faulty(100, "fail", "")) {
            tokens(engine, prompt(5, 1), greedy(3).build());
            while (metric(engine, "requests_running") > 0) {
                Thread.onSpinWait();
            }
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < 250_000_000) {
                assertThat(engine.health().state()).isEqualTo(EngineHealth.State.READY);
            }
        }
    }

    private TokamakEngine withBrokenTokenizer() {
        return TokamakEngine.open(config(folder).tokenizerProvider("broken").build());
    }

    private static GenerationRequest only(int token) {
        return request(prompt(5, 1), greedy(9).allowedTokenIds(List.of(token)).build());
    }

    @Test
    void failsOnlyTheRequestWhoseTextCannotBeMade() throws InterruptedException {
        try (TokamakEngine engine = withBrokenTokenizer()) {
            fails(engine.submit(only(13)), ErrorCode.STEP_FAILED);
            fails(engine.submit(only(14)), ErrorCode.STEP_FAILED);

            assertThat(last(engine.submit(only(65))).outputs().get(0).text()).isEqualTo("AAAAAAAAA");
        }
    }

    @Test
    void isDeadWhenItsOutputThreadIs() {
        try (TokamakEngine engine = withBrokenTokenizer()) {
            fails(engine.submit(only(15)), ErrorCode.ENGINE_DEAD);

            assertThat(engine.health().state()).isEqualTo(EngineHealth.State.DEAD);
            assertThat(engine.health().detail()).contains("fifteen");
        }
    }
}
