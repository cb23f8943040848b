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
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.tck.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields, grammars and logits adjusters that leave a request nothing to draw. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineContradictionTest {
    private static final int EOS = ByteTokenizer.EOS_ID;

    @TempDir
    Path folder;

    private TokamakEngine engine() {
        return TokamakEngine.open(config(folder, "vocabulary", "258").build());
    }

    @BeforeEach
    void nameTheEndToken() throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": " + EOS + "}");
    }

    private static SamplingParams.Builder literal(String text) {
        return greedy(50).structuredOutput(StructuredOutput.of(StructuredOutput.Kind.GRAMMAR, text));
    }

    private static void answers(TokamakEngine engine, SamplingParams.Builder params, String text)
            throws InterruptedException {
        CompletionOutput answer = last(engine.submit(request(prompt(9, 1), params.build())))
                .outputs()
                .get(0);
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.finishReason()).contains(FinishReason.STOP);
        assertThat(metric(engine, "kv_cache_usage_perc")).isZero();
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(TokamakException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(e.param()).isPresent();
                })
                .hasMessage(message);
    }

    @Test
    void endsWithTheGrammarThoughThereAreNotMinTokensYet() throws InterruptedException {
        try (TokamakEngine engine = engine()) {
            answers(engine, literal("ab").minTokens(10), "ab");
        }
    }

    @Test
    void endsWithTheGrammarThoughNoEndTokenIsAllowed() throws InterruptedException {
        try (TokamakEngine engine = engine()) {
            answers(engine, literal("ab").allowedTokenIds(List.of((int) 'a', (int) 'b')), "ab");
            answers(engine, literal("ab").badWords(List.of(List.of(EOS))), "ab");
            answers(engine, literal("ab").logitBias(Map.of(EOS, Float.NEGATIVE_INFINITY)), "ab");
            answers(engine, literal("AA").extra(Map.of("only", 65)), "AA");
        }
    }

    @Test
    void endsWithTheGrammarThoughTheModelHasNoEndToken() throws IOException, InterruptedException {
        Files.delete(folder.resolve("generation_config.json"));
        try (TokamakEngine engine = engine()) {
            answers(engine, literal("ab"), "ab");
        }
    }

    @Test
    void endsForcedTextWithTheGrammarThoughTheModelHasNoEndToken() throws IOException, InterruptedException {
        Files.delete(folder.resolve("generation_config.json"));
        try (TokamakEngine engine = TokamakEngine.open(config(folder, "vocabulary", "258")
                .structuredOutputJumpAhead(true)
                .build())) {
            answers(engine, literal("a text that leaves no choice"), "a text that leaves no choice");
        }
    }

    @Test
    void endsAllCompletionsOfAGrammarThatIsCompleteBeforeTheFirstToken() throws IOException, InterruptedException {
        Files.delete(folder.resolve("generation_config.json"));
        SamplingParams params = literal("")
                .temperature(1)
                .n(3)
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        try (TokamakEngine engine = engine()) {
            RequestOutput output = last(engine.submit(request(prompt(9, 1), params)));

            assertThat(output.outputs()).hasSize(3).allSatisfy(completion -> {
                assertThat(completion.text()).isEmpty();
                assertThat(completion.finishReason()).contains(FinishReason.STOP);
            });
            assertThat(output.generatedTokens()).isZero();
        }
    }

    @Test
    void refusesFieldsThatLeaveNothingFromTheStart() {
        try (TokamakEngine engine = engine()) {
            refuses(
                    () -> engine.submit(request(
                            prompt(9, 1),
                            greedy(9)
                                    .ignoreEos(false)
                                    .allowedTokenIds(List.of(EOS))
                                    .minTokens(1)
                                    .badWords(List.of(List.of(7)))
                                    .build())),
                    "allowed_token_ids and min_tokens leave no token that could be drawn");
            refuses(
                    () -> engine.submit(request(
                            prompt(9, 1),
                            greedy(9)
                                    .allowedTokenIds(List.of(65, 66))
                                    .badWords(List.of(List.of(65), List.of(66)))
                                    .minTokens(3)
                                    .build())),
                    "allowed_token_ids and bad_words leave no token that could be drawn");
            refuses(
                    () -> engine.submit(request(
                            prompt(9, 1),
                            greedy(9)
                                    .allowedTokenIds(List.of(65))
                                    .logitBias(Map.of(65, Float.NEGATIVE_INFINITY))
                                    .build())),
                    "allowed_token_ids and logit_bias leave no token that could be drawn");
            refuses(
                    () -> engine.submit(request(
                            new int[] {64, 65},
                            greedy(9)
                                    .allowedTokenIds(List.of(66))
                                    .badWords(List.of(List.of(64, 65, 66)))
                                    .build())),
                    "allowed_token_ids and bad_words leave no token that could be drawn");
        }
    }

    @Test
    void refusesAGrammarOfWhichTheFieldsLeaveNothing() {
        try (TokamakEngine engine = engine()) {
            refuses(
                    () -> engine.submit(request(
                            prompt(9, 1),
                            literal("ab").allowedTokenIds(List.of((int) 'b')).build())),
                    "response_format and allowed_token_ids leave no token that could be drawn");
            refuses(
                    () -> engine.submit(request(
                            prompt(9, 1),
                            literal("ab").badWords(List.of(List.of((int) 'a'))).build())),
                    "response_format and bad_words leave no token that could be drawn");
            refuses(
                    () -> engine.submit(request(
                            prompt(9, 1),
                            literal("ab").extra(Map.of("only", 65)).build())),
                    "response_format and only leave no token that could be drawn");
        }
    }

    @Test
    void refusesALogitsAdjusterOfWhichTheFieldsLeaveNothing() {
        try (TokamakEngine engine = engine()) {
            refuses(
                    () -> engine.submit(request(
                            prompt(9, 1),
                            greedy(9)
                                    .extra(Map.of("only", 65))
                                    .allowedTokenIds(List.of(66))
                                    .build())),
                    "only and allowed_token_ids leave no token that could be drawn");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsOnlyTheRequestForWhichNothingIsLeftInTheMiddle(boolean withGrammar) throws InterruptedException {
        SamplingParams params = withGrammar
                ? literal("ab").allowedTokenIds(List.of((int) 'a', EOS)).build()
                : greedy(9)
                        .allowedTokenIds(List.of(65))
                        .badWords(List.of(List.of(65, 65)))
                        .build();
        try (TokamakEngine engine = engine()) {
            int[] alone = last(engine.submit(request(prompt(9, 2), greedy(20).build())))
                    .outputs()
                    .get(0)
                    .tokenIds();
            RequestStream healthy =
                    engine.submit(request(prompt(9, 2), greedy(20).build()));
            RequestStream empty = engine.submit(request(prompt(9, 1), params));
            RequestStream masked =
                    engine.submit(request(prompt(9, 3), literal("another text").build()));

            refuses(
                    () -> last(empty),
                    "at token 2, "
                            + (withGrammar
                                    ? "response_format and allowed_token_ids"
                                    : "allowed_token_ids and bad_words")
                            + " leave no token that could be drawn");
            assertThat(last(healthy).outputs().get(0).tokenIds()).isEqualTo(alone);
            assertThat(last(masked).outputs().get(0).text()).isEqualTo("another text");
            assertThat(metric(engine, "failed_steps_total")).isZero();
            assertThat(metric(engine, "kv_cache_usage_perc")).isZero();
        }
    }
}
