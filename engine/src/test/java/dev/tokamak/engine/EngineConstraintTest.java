package dev.tokamak.engine;

import static dev.tokamak.engine.Engines.config;
import static dev.tokamak.engine.Engines.greedy;
import static dev.tokamak.engine.Engines.last;
import static dev.tokamak.engine.Engines.metric;
import static dev.tokamak.engine.Engines.prompt;
import static dev.tokamak.engine.Engines.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.tck.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineConstraintTest {
    @TempDir
    Path folder;

    @BeforeEach
    void nameTheEndToken() throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": " + ByteTokenizer.EOS_ID + "}");
    }

    private TokamakEngine open(String... options) {
        List<String> all = new ArrayList<>(List.of("vocabulary", "258"));
        all.addAll(List.of(options));
        return TokamakEngine.open(config(folder, all.toArray(String[]::new)).build());
    }

    private TokamakEngine jumping(String... options) {
        List<String> all = new ArrayList<>(List.of("vocabulary", "258"));
        all.addAll(List.of(options));
        return TokamakEngine.open(config(folder, all.toArray(String[]::new))
                .structuredOutputJumpAhead(true)
                .build());
    }

    private static SamplingParams literal(String text) {
        return greedy(100)
                .structuredOutput(StructuredOutput.of(StructuredOutput.Kind.GRAMMAR, text))
                .build();
    }

    @Test
    void generatesWhatTheGrammarAllowsAndEnds() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            CompletionOutput completion = last(engine.submit(request(prompt(9, 1), literal("{\"a\": 1}"))))
                    .outputs()
                    .get(0);

            assertThat(completion.text()).isEqualTo("{\"a\": 1}");
            assertThat(completion.finishReason()).contains(FinishReason.STOP);
        }
    }

    @Test
    void strictModeIsTheGrammarPluginsToKeep() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            last(engine.submit(request(prompt(9, 1), literal("unknown word"))));
        }
        try (TokamakEngine engine = TokamakEngine.open(
                config(folder, "vocabulary", "258").structuredOutputStrict(true).build())) {
            assertThatThrownBy(() -> engine.submit(request(prompt(9, 1), literal("unknown word"))))
                    .hasMessageContaining("the word is unknown");
        }
    }

    /** By turns an answer that must be a text and one that is free, {@code prompt(20, 50 + i)}, twelve of each. */
    private static List<RequestStream> dozenOfLiteralsAndFreeAnswers(TokamakEngine engine) {
        List<RequestStream> streams = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            streams.add(engine.submit(request(prompt(20, i), literal("number " + i + " of a dozen, and so on"))));
            streams.add(engine.submit(request(prompt(20, 50 + i), greedy(20).build())));
        }
        return streams;
    }

    @Test
    void keepsManyGrammarsApartUnderPreemption() throws InterruptedException {
        try (TokamakEngine engine = open("blocks", "24")) {
            List<RequestStream> streams = dozenOfLiteralsAndFreeAnswers(engine);
            for (int i = 0; i < 12; i++) {
                assertThat(last(streams.get(2 * i)).outputs().get(0).text())
                        .isEqualTo("number " + i + " of a dozen, and so on");
                assertThat(last(streams.get(2 * i + 1)).outputs().get(0).tokenIds())
                        .hasSize(20);
            }
            assertThat(metric(engine, "num_preemptions_total")).isPositive();
        }
    }

    @Test
    void letsTheGrammarHoldOnlyBehindTheEndOfReasoning() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            int[] free = last(engine.submit(request(prompt(9, 1), greedy(30).build())))
                    .outputs()
                    .get(0)
                    .tokenIds();
            int endOfReasoning = free[12];
            int first = 0;
            while (free[first] != endOfReasoning) {
                first++;
            }
            GenerationRequest thinking = GenerationRequest.builder(Prompt.tokens(prompt(9, 1)), literal("yes"))
                    .reasoningEndTokenIds(List.of(endOfReasoning))
                    .build();
            int[] constrained = last(engine.submit(thinking)).outputs().get(0).tokenIds();

            assertThat(constrained).hasSize(first + 1 + 4).startsWith(java.util.Arrays.copyOf(free, first + 1));
            assertThat(constrained).endsWith('y', 'e', 's', ByteTokenizer.EOS_ID);
        }
    }

    @Test
    void goesOnAfterAStepFailedWhileTheNextOneWaitedForItsMasks() throws InterruptedException {
        try (TokamakEngine engine = TokamakEngine.open(config(folder, "vocabulary", "258")
                .executor("faulty")
                .options(Map.of("faulty.fail", "3", "deterministic.vocabulary", "258"))
                .build())) {
            assertThatThrownBy(() -> last(engine.submit(request(prompt(9, 1), literal("a text of some length")))))
                    .hasMessageContaining("told to fail");

            assertThat(last(engine.submit(request(prompt(9, 1), literal("another text"))))
                            .outputs()
                            .get(0)
                            .text())
                    .isEqualTo("another text");
        }
    }

    @Test
    void freesEverythingOfGrammarsWhoseReadersLeaveInTheMiddle() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            for (int round = 0; round < 20; round++) {
                List<RequestStream> streams = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    SamplingParams params = literal("a text that is long enough to leave it " + i).toBuilder()
                            .outputKind(OutputKind.DELTA)
                            .build();
                    streams.add(engine.submit(request(prompt(9, i), params)));
                }
                for (int i = 0; i < 8; i++) {
                    streams.get(i).take();
                    if (i % 2 == 0) {
                        streams.get(i).close();
                    }
                }
                for (int i = 1; i < 8; i += 2) {
                    StringBuilder text = new StringBuilder();
                    try (RequestStream stream = streams.get(i)) {
                        RequestOutput output = stream.take().orElseThrow();
                        text.append(output.outputs().get(0).text());
                        while (!output.finished()) {
                            output = stream.take().orElseThrow();
                            text.append(output.outputs().get(0).text());
                        }
                    }
                    assertThat("a text that is long enough to leave it " + i).endsWith(text.toString());
                }
            }
            assertThat(last(engine.submit(request(prompt(9, 1), literal("done"))))
                            .outputs()
                            .get(0)
                            .text())
                    .isEqualTo("done");
            assertThat(metric(engine, "failed_steps_total")).isZero();
            assertThat(metric(engine, "kv_cache_usage_perc")).isZero();
        }
    }

    @Test
    void computesForcedTextInOneStep() throws InterruptedException {
        String text = "a text that leaves no choice at all";
        try (TokamakEngine engine = jumping()) {
            RequestOutput output = last(engine.submit(request(prompt(9, 1), literal(text))));

            assertThat(output.outputs().get(0).text()).isEqualTo(text);
            assertThat(output.generatedTokens()).isEqualTo(text.length() + 1);
            assertThat(metric(engine, "generation_tokens_total")).isEqualTo(text.length() + 1);
            assertThat(metric(engine, "steps_total")).isLessThan(8);
        }
    }

    @Test
    void keepsForcedTextsApartUnderPreemption() throws InterruptedException {
        try (TokamakEngine engine = jumping("blocks", "24")) {
            List<RequestStream> streams = dozenOfLiteralsAndFreeAnswers(engine);
            for (int i = 0; i < 12; i++) {
                assertThat(last(streams.get(2 * i)).outputs().get(0).text())
                        .isEqualTo("number " + i + " of a dozen, and so on");
                assertThat(last(streams.get(2 * i + 1)).outputs().get(0).tokenIds())
                        .isEqualTo(alone(50 + i));
            }
            assertThat(metric(engine, "num_preemptions_total")).isPositive();
        }
    }

    private int[] alone(int salt) throws InterruptedException {
        try (TokamakEngine engine = open()) {
            return last(engine.submit(request(prompt(20, salt), greedy(20).build())))
                    .outputs()
                    .get(0)
                    .tokenIds();
        }
    }

    @Test
    void findsThePrefixOfForcedTextInTheCache() throws InterruptedException {
        String text = "forced text that fills some blocks";
        try (TokamakEngine engine = jumping()) {
            int[] first = last(engine.submit(request(prompt(9, 1), literal(text))))
                    .outputs()
                    .get(0)
                    .tokenIds();
            int[] whole = java.util.stream.IntStream.concat(
                            java.util.Arrays.stream(prompt(9, 1)), java.util.Arrays.stream(first))
                    .toArray();
            RequestOutput second = last(engine.submit(request(whole, greedy(8).build())));

            assertThat(second.cachedTokens()).isGreaterThanOrEqualTo(whole.length - 8);
            try (TokamakEngine fresh = open()) {
                assertThat(second.outputs().get(0).tokenIds())
                        .isEqualTo(last(fresh.submit(request(whole, greedy(8).build())))
                                .outputs()
                                .get(0)
                                .tokenIds());
            }
        }
    }

    @Test
    void endsForcedTextAtTheTokenLimit() throws InterruptedException {
        SamplingParams params = greedy(10)
                .structuredOutput(StructuredOutput.of(StructuredOutput.Kind.GRAMMAR, "a text that is too long"))
                .build();
        try (TokamakEngine engine = jumping()) {
            CompletionOutput completion =
                    last(engine.submit(request(prompt(9, 1), params))).outputs().get(0);

            assertThat(completion.text()).isEqualTo("a text tha");
            assertThat(completion.finishReason()).contains(FinishReason.LENGTH);
        }
    }

    @Test
    void endsForcedTextAtAStopString() throws InterruptedException {
        SamplingParams params =
                literal("a text that goes on").toBuilder().stop(List.of("that")).build();
        try (TokamakEngine engine = jumping()) {
            assertThat(last(engine.submit(request(prompt(9, 1), params)))
                            .outputs()
                            .get(0)
                            .text())
                    .isEqualTo("a text ");
        }
    }

    @Test
    void drawsForcedTextWhereLogProbabilitiesAreWanted() throws InterruptedException {
        SamplingParams params = literal("no choice").toBuilder().logprobs(1).build();
        try (TokamakEngine engine = jumping()) {
            CompletionOutput completion =
                    last(engine.submit(request(prompt(9, 1), params))).outputs().get(0);

            assertThat(completion.logprobs()).hasSize(completion.tokenIds().length);
            assertThat(metric(engine, "steps_total")).isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void goesOnWithManyMasksWhileEveryCompilerIsBusy() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        FaultyExecutorProvider.GATES.put("masks", gate);
        try (TokamakEngine engine = TokamakEngine.open(config(folder)
                .executor("faulty")
                .options(Map.of("faulty.gate", "masks", "deterministic.vocabulary", "258"))
                .build())) {
            List<RequestStream> streams = dozenOfLiteralsAndFreeAnswers(engine);
            List<Thread> slow = new ArrayList<>();
            for (int i = 0; i < EngineStart.compilerCount(); i++) {
                Thread submitting = new Thread(() ->
                        engine.submit(request(prompt(9, 1), literal("slow"))).close());
                submitting.start();
                slow.add(submitting);
            }
            while (LiteralGrammarProvider.COMPILING.get() < slow.size()) {
                Thread.onSpinWait();
            }
            gate.countDown();
            for (RequestStream stream : streams) {
                assertThat(last(stream).finished()).isTrue();
            }
            LiteralGrammarProvider.SLOW.countDown();
            for (Thread submitting : slow) {
                submitting.join();
            }
        }
    }

    @Test
    void refusesAGrammarThatDoesNotCompile() {
        try (TokamakEngine engine = open()) {
            assertThatThrownBy(() -> engine.submit(request(prompt(3, 1), literal("bad"))))
                    .hasMessage("the grammar is bad");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "stateless", "unlinked"})
    void refusesAGrammarThatABrokenPluginMade(String source) {
        try (TokamakEngine engine = open()) {
            assertThatThrownBy(() -> engine.submit(request(prompt(3, 1), literal(source))))
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                    .message()
                    .contains("\"literal\"")
                    .doesNotContain("dev.example");
        }
    }

    @Test
    void failsOnlyTheRequestWhoseMaskBreaks() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            List<RequestStream> streams = dozenOfLiteralsAndFreeAnswers(engine);
            RequestStream broken = engine.submit(request(prompt(9, 1), literal("broken")));
            assertThatThrownBy(() -> last(broken))
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STEP_FAILED))
                    .hasMessage("the mask of the next token could not be made; see the server's log");
            for (RequestStream stream : streams) {
                assertThat(last(stream).finished()).isTrue();
            }
            assertThat(metric(engine, "failed_steps_total")).isZero();
        }
    }

    @Test
    void refusesALogitsAdjusterThatIsNull() {
        try (TokamakEngine engine = open()) {
            SamplingParams params = greedy(5).extra(Map.of("only", "nothing")).build();
            assertThatThrownBy(() -> engine.submit(request(prompt(3, 1), params)))
                    .hasMessageContaining("the logits-adjuster \"only\" returned null");
        }
    }

    @Test
    void obeysALogitsAdjuster() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            SamplingParams onlyA = greedy(5).extra(Map.of("only", 65)).build();
            assertThat(last(engine.submit(request(prompt(3, 1), onlyA)))
                            .outputs()
                            .get(0)
                            .text())
                    .isEqualTo("AAAAA");
        }
    }

    @Test
    void refusesALogitsAdjusterThatIsNotThere() {
        try (TokamakEngine engine = open()) {
            SamplingParams params = greedy(5).extra(Map.of("magic", 1)).build();
            assertThatThrownBy(() -> engine.submit(request(prompt(3, 1), params)))
                    .hasMessageContaining("magic")
                    .hasMessageContaining("[only]");
        }
    }
}
