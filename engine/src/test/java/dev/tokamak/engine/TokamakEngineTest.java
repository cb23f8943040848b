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

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.tck.ByteTokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokamakEngineTest {
    @TempDir
    Path folder;

    private TokamakEngine open(String... options) {
        return TokamakEngine.open(config(folder, options).build());
    }

    private static SamplingParams random(int n, int maxTokens) {
        return SamplingParams.builder()
                .n(n)
                .seed(11)
                .maxTokens(maxTokens)
                .ignoreEos(true)
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
    }

    @Test
    void generatesAsManyTokensAsAskedFor() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            assertThat(tokens(engine, prompt(10, 1), greedy(20).build())).hasSize(20);
        }
    }

    @Test
    void givesTheSameTokensAloneAndAmongOthers() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            int[] alone = tokens(engine, prompt(30, 1), greedy(40).build());
            List<RequestStream> others = new ArrayList<>();
            for (int i = 2; i < 20; i++) {
                others.add(
                        engine.submit(request(prompt(10 + 3 * i, i), greedy(30).build())));
            }
            int[] among = tokens(engine, prompt(30, 1), greedy(40).build());
            for (RequestStream other : others) {
                last(other);
            }
            assertThat(among).isEqualTo(alone);
            assertThat(metric(engine, "kv_cache_usage_perc")).isZero();
        }
    }

    @Test
    void aConditionOfTheCallersOwnEndsItsCompletionAndNoOther() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            SamplingParams params =
                    greedy(20).temperature(1).seed(1).n(3).detokenize(true).build();
            int[] seen = new int[3];
            StringBuilder text = new StringBuilder();
            GenerationRequest request = request(prompt(10, 1), params).toBuilder()
                    .stopConditions(index -> (token, more) -> {
                        text.append(index == 1 ? more : "");
                        return ++seen[index] == 5 && index == 1 ? Optional.of("enough") : Optional.empty();
                    })
                    .build();
            RequestOutput output = last(engine.submit(request));
            assertThat(output.outputs())
                    .extracting(completion -> completion.tokenIds().length)
                    .isEqualTo(List.of(20, 5, 20));
            CompletionOutput ended = output.outputs().get(1);
            assertThat(ended.finishReason()).contains(FinishReason.STOP);
            assertThat(ended.stopReason()).contains("enough");
            assertThat(ended.text()).isEqualTo(text.toString()).isNotEmpty();
            assertThat(output.generatedTokens()).isEqualTo(45);
        }
    }

    @Test
    void givesTheSameTokensWholeAndInChunksOfSeven() throws InterruptedException {
        EngineConfig inChunks = config(folder).maxNumBatchedTokens(7).build();
        try (TokamakEngine whole = open();
                TokamakEngine chunked = TokamakEngine.open(inChunks)) {
            SamplingParams params = greedy(40).build();
            assertThat(tokens(chunked, prompt(50, 1), params)).isEqualTo(tokens(whole, prompt(50, 1), params));
        }
    }

    @Test
    void givesTheSameTokensColdAndFromThePrefixCache() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            RequestOutput cold =
                    last(engine.submit(request(prompt(50, 1), greedy(40).build())));
            RequestOutput warm =
                    last(engine.submit(request(prompt(50, 1), greedy(40).build())));

            assertThat(warm.cachedTokens()).isEqualTo(48);
            assertThat(cold.cachedTokens()).isZero();
            assertThat(warm.outputs().get(0).tokenIds())
                    .isEqualTo(cold.outputs().get(0).tokenIds());
        }
    }

    @Test
    void givesTheSameTokensUndisturbedAndPreempted() throws InterruptedException {
        try (TokamakEngine large = open();
                TokamakEngine small = open("blocks", "36")) {
            // An answer takes 35 of the 36 blocks in the end, so no two that are under way together come through
            // undisturbed.
            List<RequestStream> streams = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                streams.add(small.submit(request(prompt(30, i), greedy(110).build())));
            }
            for (int i = 0; i < 8; i++) {
                assertThat(last(streams.get(i)).outputs().get(0).tokenIds())
                        .isEqualTo(tokens(large, prompt(30, i), greedy(110).build()));
            }
            assertThat(metric(small, "num_preemptions_total")).isGreaterThan(2);
        }
    }

    @Test
    void findsAnAnswerInThePrefixCacheOfTheNextTurn() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            int[] first = prompt(20, 1);
            int[] answer = tokens(engine, first, greedy(21).build());
            int[] next = new int[50];
            System.arraycopy(first, 0, next, 0, 20);
            System.arraycopy(answer, 0, next, 20, 21);

            RequestOutput second = last(engine.submit(request(next, greedy(1).build())));
            assertThat(second.cachedTokens()).isEqualTo(40);
        }
    }

    @Test
    void keepsThePrefixCachesOfDifferentSaltsApart() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            SamplingParams params = greedy(4).build();
            GenerationRequest salted = GenerationRequest.builder(Prompt.tokens(prompt(50, 1)), params)
                    .cacheSalt("mine")
                    .build();
            last(engine.submit(salted));

            assertThat(last(engine.submit(request(prompt(50, 1), params))).cachedTokens())
                    .isZero();
            assertThat(last(engine.submit(salted)).cachedTokens()).isEqualTo(48);
        }
    }

    @Test
    void computesThePromptOfSeveralCompletionsOnce() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            RequestOutput output = last(engine.submit(request(prompt(60, 1), random(5, 6))));

            assertThat(output.outputs()).extracting(CompletionOutput::index).containsExactly(0, 1, 2, 3, 4);
            assertThat(output.outputs().stream().map(CompletionOutput::text).distinct())
                    .hasSize(5);
            assertThat(output.generatedTokens()).isEqualTo(30);
            assertThat(output.promptTokens()).isEqualTo(60);
            assertThat(metric(engine, "step_tokens_total")).isLessThan(60 + 4 * 4 + 5 * 7);
        }
    }

    @Test
    void sharesAPromptAmongCompletionsEvenWithoutPrefixCaching() throws InterruptedException {
        EngineConfig unshared = config(folder).enablePrefixCaching(false).build();
        try (TokamakEngine engine = TokamakEngine.open(unshared)) {
            last(engine.submit(request(prompt(60, 1), random(5, 6))));
            assertThat(metric(engine, "step_tokens_total")).isLessThan(60 + 4 * 4 + 5 * 7);

            assertThat(last(engine.submit(request(prompt(60, 1), greedy(2).build())))
                            .cachedTokens())
                    .isZero();
        }
    }

    @Test
    void givesACompletionTheSameTokensForTheSameSeed() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            int[] once = tokens(engine, prompt(9, 1), random(1, 20));

            assertThat(tokens(engine, prompt(9, 1), random(1, 20))).isEqualTo(once);
        }
    }

    @Test
    void closingAStreamFreesItsBlocks() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        FaultyExecutorProvider.GATES.put("abort", gate);
        EngineConfig config = config(folder)
                .executor("faulty")
                .options(Map.of("faulty.gate", "abort", "deterministic.blocks", "40"))
                .build();
        try (TokamakEngine engine = TokamakEngine.open(config)) {
            RequestStream endless =
                    engine.submit(request(prompt(100, 1), greedy(50).build()));
            endless.close();
            RequestStream next =
                    engine.submit(request(prompt(120, 2), greedy(30).build()));
            gate.countDown();

            // Both together do not fit.
            assertThat(last(next).generatedTokens()).isEqualTo(30);
            assertThat(metric(engine, "num_preemptions_total")).isZero();
            assertThat(metric(engine, "requests_aborted_total")).isLessThanOrEqualTo(1);
            assertThat(metric(engine, "kv_cache_usage_perc")).isZero();
        }
    }

    @Test
    void stopsAtAStopStringThatSpansTokensAndCutsUsageThere() throws InterruptedException {
        try (TokamakEngine engine = open("vocabulary", "127")) {
            RequestOutput whole =
                    last(engine.submit(request(prompt(9, 1), greedy(60).build())));
            String text = whole.outputs().get(0).text();
            assertThat(text).isEqualTo(new String(bytes(whole), StandardCharsets.UTF_8));
            String stop = text.substring(20, 24);
            int at = text.indexOf(stop);

            RequestOutput cut = last(engine.submit(
                    request(prompt(9, 1), greedy(60).stop(List.of(stop)).build())));
            CompletionOutput completion = cut.outputs().get(0);
            assertThat(completion.text()).isEqualTo(text.substring(0, at));
            assertThat(completion.finishReason()).contains(FinishReason.STOP);
            assertThat(completion.stopReason()).contains(stop);
            assertThat(cut.generatedTokens()).isEqualTo(at + 4);
            assertThat(completion.tokenIds()).hasSize(at + 4);
        }
    }

    private static byte[] bytes(RequestOutput output) {
        int[] ids = output.outputs().get(0).tokenIds();
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) ids[i];
        }
        return bytes;
    }

    @Test
    void stopsAtAStopTokenAndLeavesItOutOfTheText() throws InterruptedException {
        try (TokamakEngine engine = open("vocabulary", "127")) {
            int[] all = tokens(engine, prompt(9, 1), greedy(60).build());
            int stop = all[10];
            RequestOutput output = last(engine.submit(
                    request(prompt(9, 1), greedy(60).stopTokenIds(List.of(stop)).build())));

            CompletionOutput completion = output.outputs().get(0);
            assertThat(completion.stopReason()).contains(stop);
            assertThat(completion.tokenIds()).endsWith(stop);
            assertThat(completion.text()).hasSize(completion.tokenIds().length - 1);
        }
    }

    @Test
    void stopsAtEndOfSequenceWithoutAStopReason() throws Exception {
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [65, 66]}");
        try (TokamakEngine engine = open("vocabulary", "127")) {
            SamplingParams endsThere = SamplingParams.builder()
                    .temperature(0)
                    .allowedTokenIds(List.of(66))
                    .minTokens(0)
                    .outputKind(OutputKind.FINAL_ONLY)
                    .build();
            CompletionOutput completion = last(engine.submit(request(prompt(9, 1), endsThere)))
                    .outputs()
                    .get(0);

            assertThat(completion.finishReason()).contains(FinishReason.STOP);
            assertThat(completion.stopReason()).isEqualTo(Optional.empty());
            assertThat(completion.tokenIds()).containsExactly(66);
            assertThat(engine.model().eosTokenIds()).containsExactly(65, 66);
        }
    }

    @Test
    void returnsLogprobsForEachToken() throws InterruptedException {
        try (TokamakEngine engine = open()) {
            CompletionOutput completion = last(engine.submit(
                            request(prompt(9, 1), greedy(5).logprobs(2).build())))
                    .outputs()
                    .get(0);

            assertThat(completion.logprobs()).hasSize(5).allSatisfy(logprob -> {
                assertThat(logprob.top()).hasSize(2);
                assertThat(logprob.top().get(0).tokenId()).isEqualTo(logprob.tokenId());
            });
        }
    }

    @Test
    void streamsDeltasThatAddUpToTheWhole() throws InterruptedException {
        try (TokamakEngine engine = open("vocabulary", "127")) {
            String whole = last(engine.submit(request(prompt(9, 1), greedy(50).build())))
                    .outputs()
                    .get(0)
                    .text();
            StringBuilder text = new StringBuilder();
            SamplingParams deltas = greedy(50).outputKind(OutputKind.DELTA).build();
            try (RequestStream stream = engine.submit(request(prompt(9, 1), deltas))) {
                for (var next = stream.take(); next.isPresent(); next = stream.take()) {
                    text.append(next.get().outputs().get(0).text());
                }
            }
            assertThat(text.toString()).isEqualTo(whole);
        }
    }

    @Test
    void addsNoSecondBeginningToken() throws InterruptedException {
        try (TokamakEngine engine = withSpecialTokens()) {
            SamplingParams params = greedy(1).build();
            RequestOutput plain = last(engine.submit(
                    GenerationRequest.builder(Prompt.text("abc"), params).build()));
            RequestOutput begun =
                    last(engine.submit(GenerationRequest.builder(Prompt.text(ByteTokenizer.BOS + "abc"), params)
                            .build()));

            assertThat(plain.promptTokens()).isEqualTo(4);
            assertThat(begun.promptTokens()).isEqualTo(4);
        }
    }

    @Test
    void templatesOfWhichNoneIsTheDefaultAreListedInTheError() throws java.io.IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"chat_template": [{"name": "tool_use", "template": "t"}, {"name": "rag", "template": "r"}]}""");
        try (TokamakEngine engine = open("vocabulary", "258")) {
            var messages = List.of(Map.<String, Object>of("role", "user", "content", "hi"));

            assertThatThrownBy(() -> engine.renderChat(ChatPrompt.of(messages)))
                    .hasMessageContaining("none that is the default: [rag, tool_use]");
        }
    }

    private TokamakEngine withSpecialTokens() {
        try {
            Files.writeString(
                    folder.resolve("tokenizer_config.json"),
                    "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"chat_template\": \"content:\"}");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return open("vocabulary", "258");
    }

    @Test
    void rendersChatWithTheModelsTemplateAndTokens() {
        try (TokamakEngine engine = withSpecialTokens()) {
            var messages = List.of(Map.<String, Object>of("role", "user", "content", "hi"));

            assertThat(engine.renderChat(ChatPrompt.of(messages))).isEqualTo("content:<s>[hi]true");
            assertThat(engine.model().hasChatTemplate()).isTrue();
        }
    }

    @Test
    void leavesTheFinalMessageOpenToBeContinued() {
        try (TokamakEngine engine = withSpecialTokens()) {
            var messages = List.of(Map.<String, Object>of("role", "assistant", "content", "well, "));
            var prompt = new ChatPrompt(messages, List.of(), true, true, Map.of(), Optional.empty());

            assertThat(engine.renderChat(prompt)).isEqualTo("content:<s>[well, ");
        }
    }
}
