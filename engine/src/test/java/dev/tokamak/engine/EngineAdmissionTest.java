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
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineAdmissionTest {
    @TempDir
    Path folder;

    private void refuses(ThrowingCallable call, ErrorCode code, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(code))
                .message()
                .contains(parts);
    }

    private TokamakEngine open(String... options) {
        return TokamakEngine.open(config(folder, options).build());
    }

    @Test
    void refusesAPromptThatFillsTheContext() {
        try (TokamakEngine engine = open("context", "64")) {
            refuses(
                    () -> engine.submit(request(prompt(64, 1), greedy(1).build())),
                    ErrorCode.PROMPT_TOO_LONG,
                    "This model's maximum context length is 64 tokens. However, your prompt has 64 tokens",
                    "context_length_exceeded");
        }
    }

    @Test
    void cutsTheAnswerAtTheContext() throws InterruptedException {
        try (TokamakEngine engine = open("context", "64")) {
            CompletionOutput completion = last(engine.submit(
                            request(prompt(60, 1), greedy(100).build())))
                    .outputs()
                    .get(0);

            assertThat(completion.tokenIds()).hasSize(4);
            assertThat(completion.finishReason()).contains(FinishReason.LENGTH);
        }
    }

    @Test
    void refusesAPromptThatTheWholeCacheCouldNotHold() {
        try (TokamakEngine engine = open("blocks", "10")) {
            refuses(
                    () -> engine.submit(request(prompt(40, 1), greedy(1).build())),
                    ErrorCode.PROMPT_TOO_LONG,
                    "maximum context length is 40 tokens",
                    "KV cache holds no more");
        }
    }

    @Test
    void refusesAnEmptyPrompt() {
        try (TokamakEngine engine = open()) {
            refuses(
                    () -> engine.submit(request(new int[0], greedy(1).build())),
                    ErrorCode.INVALID_REQUEST,
                    "at least one");
        }
    }

    @Test
    void refusesTokensOutsideOfTheVocabulary() {
        try (TokamakEngine engine = open()) {
            refuses(
                    () -> engine.submit(request(new int[] {1, 256}, greedy(1).build())),
                    ErrorCode.INVALID_REQUEST,
                    "256");
            refuses(
                    () -> engine.submit(request(
                            prompt(3, 1), greedy(1).logitBias(Map.of(999, 1f)).build())),
                    ErrorCode.INVALID_REQUEST,
                    "999");
            refuses(() -> engine.decode(new int[] {-1}, true), ErrorCode.INVALID_REQUEST, "-1");
        }
    }

    @Test
    void refusesStopStringsWithoutText() {
        try (TokamakEngine engine = open()) {
            SamplingParams params =
                    greedy(1).stop(List.of("x")).detokenize(false).build();
            refuses(() -> engine.submit(request(prompt(3, 1), params)), ErrorCode.INVALID_REQUEST, "detokenize");
        }
    }

    @Test
    void refusesAnAdapterThatIsNotThere() {
        try (TokamakEngine engine = open()) {
            GenerationRequest request = GenerationRequest.builder(
                            Prompt.tokens(1), greedy(1).build())
                    .adapter("poet")
                    .build();
            refuses(() -> engine.submit(request), ErrorCode.NOT_FOUND, "poet");
        }
    }

    @Test
    void refusesMoreRequestsThanMayWait() {
        CountDownLatch gate = new CountDownLatch(1);
        FaultyExecutorProvider.GATES.put("queue", gate);
        EngineConfig config = config(folder)
                .executor("faulty")
                .maxNumSeqs(1)
                .maxQueuedRequests(2)
                .options(Map.of("faulty.gate", "queue"))
                .build();
        try (TokamakEngine engine = TokamakEngine.open(config)) {
            GenerationRequest request = request(prompt(3, 1), greedy(1).build());
            refuses(
                    () -> {
                        for (int i = 0; i < 8; i++) {
                            engine.submit(request);
                        }
                    },
                    ErrorCode.OVERLOADED,
                    "wait already");
            gate.countDown();
        }
    }

    @Test
    void countsPromptsTimesNAtOnceBeforeAnythingIsTokenised() {
        EngineConfig config =
                config(folder).maxNumSeqs(8).maxQueuedRequests(100).build();
        SamplingParams params = SamplingParams.builder().n(128).maxTokens(1).build();
        // A prompt without a token would be refused as such, if it were looked at.
        List<GenerationRequest> requests = Collections.nCopies(1024, request(new int[0], params));
        try (TokamakEngine engine = TokamakEngine.open(config)) {
            refuses(
                    () -> engine.submitAll(requests),
                    ErrorCode.OVERLOADED,
                    "131072 sequences",
                    "108 may in all",
                    "ask for fewer at once");
        }
    }

    @Test
    void hasRoomAgainForWhatEndedOrWasRefused() throws InterruptedException {
        EngineConfig config = config(folder).maxNumSeqs(2).maxQueuedRequests(2).build();
        GenerationRequest good = request(prompt(3, 1), greedy(2).build());
        GenerationRequest bad = request(new int[0], greedy(2).build());
        try (TokamakEngine engine = TokamakEngine.open(config)) {
            for (int round = 0; round < 5; round++) {
                refuses(
                        () -> engine.submitAll(List.of(good, bad, good, good)),
                        ErrorCode.INVALID_REQUEST,
                        "at least one");
                // What was taken of it is aborted; its room is free when the engine thread has seen that.
                List<RequestStream> streams = null;
                while (streams == null) {
                    try {
                        streams = engine.submitAll(List.of(good, good, good, good));
                    } catch (TokamakException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
                    }
                }
                for (RequestStream stream : streams) {
                    assertThat(last(stream).finished()).isTrue();
                }
            }
        }
    }

    @Test
    void namesAnExecutorThatIsNotThere() {
        EngineConfig config = config(folder).executor("abacus").build();
        refuses(() -> TokamakEngine.open(config), ErrorCode.CONFIGURATION, "abacus", "deterministic");
    }

    @Test
    void saysThatNoTokenizerReadsTheFolder() {
        EngineConfig config =
                EngineConfig.builder(folder).executor("deterministic").build();
        refuses(() -> TokamakEngine.open(config), ErrorCode.CONFIGURATION, "tokenizer.json", folder.toString());
    }

    @Test
    void passesOnWhatIsWrongWithTheModel() {
        EngineConfig config = config(folder)
                .executor("faulty")
                .options(Map.of("faulty.load", "model.safetensors is cut off"))
                .build();
        refuses(() -> TokamakEngine.open(config), ErrorCode.CONFIGURATION, "model.safetensors is cut off");
    }

    @Test
    void refusesABlockSizeThatTheExecutorDoesNotOffer() {
        EngineConfig config = config(folder).blockSize(5).build();
        refuses(() -> TokamakEngine.open(config), ErrorCode.CONFIGURATION, "block-size is 5", "[4]");
    }

    @Test
    void abortsWhatIsLeftWhenItCloses() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        FaultyExecutorProvider.GATES.put("close", gate);
        TokamakEngine engine = TokamakEngine.open(config(folder)
                .executor("faulty")
                .options(Map.of("faulty.gate", "close"))
                .build());
        SamplingParams deltas =
                SamplingParams.builder().temperature(0).ignoreEos(true).build();
        RequestStream stream = engine.submit(request(prompt(3, 1), deltas));
        while (metric(engine, "requests_running") == 0) {
            Thread.onSpinWait();
        }
        Thread closing = new Thread(engine::close);
        closing.start();
        // It waits for the step under way, which ends now.
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        gate.countDown();
        closing.join();

        assertThat(last(stream).outputs().get(0).finishReason()).contains(FinishReason.ABORT);
        refuses(() -> engine.submit(request(prompt(3, 1), deltas)), ErrorCode.ENGINE_DEAD, "closed");
    }
}
