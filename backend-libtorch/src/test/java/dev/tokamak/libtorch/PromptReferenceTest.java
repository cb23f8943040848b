package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokenLogprob;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.libtorch.weights.SafetensorsFile;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code transformers} says of prompts: log probabilities of their tokens, and hidden states. */
class PromptReferenceTest {
    static Stream<String> checkpoints() {
        return ReferenceTest.checkpoints();
    }

    static List<String> committed() {
        return Reference.NAMES;
    }

    /** The prompt and what was generated from it, taken for a prompt. */
    private static int[] whole(Reference.Case each) {
        int[] whole = Arrays.copyOf(each.prompt(), each.prompt().length + each.continuation().length);
        System.arraycopy(each.continuation(), 0, whole, each.prompt().length, each.continuation().length);
        return whole;
    }

    /** The reference knows the logits from which each token of the continuation was chosen, or every fourth. */
    private static void assertScores(Reference.Case each, float[][] found) {
        int every = each.continuation().length / each.logits().length;
        for (int i = 0; i < each.logits().length; i++) {
            int position = each.prompt().length - 1 + i * every;
            if (position < found.length) {
                assertThat(found[position])
                        .as("position %d", position)
                        .containsExactly(ReferenceTest.logSoftmax(each.logits()[i]), offset(1e-4f));
            }
        }
    }

    private static float[] byToken(int[] top, float[] logprobs) {
        float[] byToken = new float[logprobs.length];
        for (int i = 0; i < byToken.length; i++) {
            byToken[top[i]] = logprobs[i];
        }
        return byToken;
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void scoresAreThoseOfTheReferenceWholeAndInChunks(String name) {
        Reference reference = Reference.of(name);
        try (Driver driver = new Driver(reference.folder())) {
            int vocabulary = driver.model.vocabularySize();
            for (int chunk : new int[] {512, 13}) {
                for (Reference.Case each : reference.cases()) {
                    int[] prompt = whole(each);
                    float[][] found = new float[prompt.length - 1][];
                    Driver.Running running = driver.start(prompt);
                    while (running.computed < prompt.length) {
                        int from = running.computed;
                        driver.begin();
                        driver.add(running, chunk);
                        int count = Math.min(running.computed, prompt.length - 1) - from;
                        StepPlan plan = driver.plan();
                        if (count > 0) {
                            plan.addScores(0, vocabulary, prompt, from + 1, count);
                        }
                        StepResult result = driver.run();
                        for (int i = 0; i < count; i++) {
                            found[from + i] = byToken(result.scoreTopTokens(0, i), result.scoreTopLogprobs(0, i));
                            assertThat(result.score(0, i)).isEqualTo(found[from + i][prompt[from + i + 1]]);
                            assertThat(result.scoreTopTokens(0, i)[result.scoreRank(0, i) - 1])
                                    .isEqualTo(prompt[from + i + 1]);
                        }
                    }
                    assertScores(each, found);
                    running.release();
                }
            }
        }
    }

    private static TokamakEngine open(String name) {
        Reference reference = Reference.of(name);
        return TokamakEngine.open(EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .tokenizerProvider("bytes")
                .maxNumSeqs(8)
                .maxNumBatchedTokens(7)
                .build());
    }

    /** The prompt is cached when it comes again, and is computed all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"llama31", "qwen3"})
    void logProbabilitiesAreThoseOfTheReferenceWhateverIsCached(String name) throws InterruptedException {
        Reference reference = Reference.of(name);
        SamplingParams.Builder params =
                SamplingParams.builder().temperature(0).maxTokens(3).outputKind(OutputKind.FINAL_ONLY);
        try (TokamakEngine engine = open(name)) {
            for (Reference.Case each : reference.cases()) {
                int[] prompt = whole(each);
                for (int round = 0; round < 2; round++) {
                    RequestOutput output = output(
                            engine,
                            prompt,
                            params.promptLogprobs(engine.modelInfo().vocabularySize())
                                    .build());
                    List<float[]> found = new ArrayList<>();
                    for (TokenLogprob position : output.promptLogprobs()) {
                        int count = position.top().size();
                        int[] top = new int[count];
                        float[] logprobs = new float[count];
                        for (int i = 0; i < count; i++) {
                            top[i] = position.top().get(i).tokenId();
                            logprobs[i] = position.top().get(i).logprob();
                        }
                        found.add(byToken(top, logprobs));
                    }
                    assertThat(found).hasSize(prompt.length - 1);
                    assertThat(output.cachedTokens()).isZero();
                    assertScores(each, found.toArray(float[][]::new));
                }
                RequestOutput plain = output(
                        engine,
                        prompt,
                        SamplingParams.builder()
                                .temperature(0)
                                .maxTokens(3)
                                .outputKind(OutputKind.FINAL_ONLY)
                                .build());
                assertThat(plain.cachedTokens()).isPositive();
            }
        }
    }

    private static RequestOutput output(TokamakEngine engine, int[] prompt, SamplingParams params)
            throws InterruptedException {
        try (RequestStream stream = engine.submit(
                GenerationRequest.builder(Prompt.tokens(prompt), params).build())) {
            return stream.take().orElseThrow();
        }
    }

    @ParameterizedTest
    @MethodSource("committed")
    void vectorsOfADecoderAreTheReferencesHiddenStates(String name) throws InterruptedException {
        Reference reference = Reference.of(name);
        Path file = reference.folder().resolve("hidden.safetensors");
        try (TokamakEngine engine = open(name);
                SafetensorsFile hidden = SafetensorsFile.open(file)) {
            for (int i = 0; i < reference.cases().size(); i++) {
                int[] prompt = reference.cases().get(i).prompt();
                float[][] states = Reference.logits(hidden, hidden.entries().get("hidden." + i));
                float[] mean = new float[states[0].length];
                for (float[] state : states) {
                    for (int j = 0; j < mean.length; j++) {
                        mean[j] += state[j] / states.length;
                    }
                }
                for (int round = 0; round < 2; round++) {
                    assertVectors(engine, prompt, PoolingKind.ALL, states);
                    assertVectors(engine, prompt, PoolingKind.LAST, states[states.length - 1]);
                    assertVectors(engine, prompt, PoolingKind.CLS, states[0]);
                    assertVectors(engine, prompt, PoolingKind.MEAN, mean);
                }
            }
        }
    }

    private static void assertVectors(TokamakEngine engine, int[] prompt, PoolingKind kind, float[]... expected)
            throws InterruptedException {
        PoolingParams params =
                PoolingParams.builder().kind(kind).normalised(false).build();
        try (RequestStream stream = engine.pool(List.of(
                        PoolingRequest.builder(Prompt.tokens(prompt), params).build()))
                .get(0)) {
            List<float[]> vectors = stream.take().orElseThrow().vectors();
            assertThat(vectors).hasSameSizeAs(expected);
            for (int i = 0; i < expected.length; i++) {
                assertThat(vectors.get(i)).as("%s %d", kind, i).containsExactly(expected[i], offset(1e-4f));
            }
        }
    }
}
