package dev.tokamak.engine.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.api.TokenLogprob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestCollectorTest {
    private final AtomicInteger abandoned = new AtomicInteger();
    private int generated;

    private RequestCollector collector(OutputKind kind, int completions) {
        return new RequestCollector("r", kind, completions, 3, abandoned::incrementAndGet);
    }

    private void add(RequestCollector collector, int index, int token, FinishReason reason, boolean last) {
        collector.add(
                index,
                new MarkedText.Piece("t" + token + " ", new int[0]),
                token,
                null,
                0,
                reason,
                null,
                last,
                0,
                ++generated);
    }

    private void add(RequestCollector collector, int token) {
        add(collector, 0, token, null, false);
    }

    private static List<RequestOutput> drain(RequestCollector collector) {
        List<RequestOutput> outputs = new ArrayList<>();
        for (var next = collector.poll(); next.isPresent(); next = collector.poll()) {
            outputs.add(next.get());
        }
        return outputs;
    }

    private static CompletionOutput only(RequestOutput output) {
        assertThat(output.outputs()).hasSize(1);
        return output.outputs().get(0);
    }

    @Test
    void handsAReaderThatKeepsUpOneTokenAtATime() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        add(collector, 1);
        add(collector, 2);

        List<RequestOutput> outputs = drain(collector);
        assertThat(outputs).hasSize(2);
        assertThat(only(outputs.get(1)).text()).isEqualTo("t2 ");
        assertThat(outputs.get(0).generatedTokens()).isEqualTo(1);
    }

    @Test
    void mergesWhatASlowReaderHasNotRead() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        for (int token = 0; token < 100; token++) {
            add(collector, token);
        }

        List<RequestOutput> outputs = drain(collector);
        assertThat(outputs).hasSize(RequestCollector.UNMERGED + 1);
        assertThat(only(outputs.get(RequestCollector.UNMERGED)).tokenIds()).hasSize(100 - RequestCollector.UNMERGED);
        assertThat(only(outputs.get(RequestCollector.UNMERGED)).text()).startsWith("t32 t33 ");
        assertThat(outputs.get(RequestCollector.UNMERGED).generatedTokens()).isEqualTo(100);
    }

    @Test
    void goesBackToOneTokenAtATimeOnceTheReaderHasCaughtUp() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        for (int token = 0; token < 40; token++) {
            add(collector, token);
        }
        drain(collector);
        add(collector, 40);
        add(collector, 41);

        assertThat(drain(collector)).hasSize(2);
    }

    @Test
    void mergesEachCompletionByItself() {
        RequestCollector collector = collector(OutputKind.DELTA, 2);
        for (int token = 0; token < 40; token++) {
            add(collector, token % 2, token, null, false);
        }

        List<RequestOutput> outputs = drain(collector);
        RequestOutput merged = outputs.get(outputs.size() - 1);
        assertThat(merged.outputs()).extracting(CompletionOutput::index).containsExactly(0, 1);
        assertThat(merged.outputs().get(1).tokenIds()).containsExactly(33, 35, 37, 39);
    }

    @Test
    void givesEverythingSoFarWhenCumulative() {
        RequestCollector collector = collector(OutputKind.CUMULATIVE, 1);
        add(collector, 1);
        drain(collector);
        add(collector, 2);

        assertThat(only(drain(collector).get(0)).text()).isEqualTo("t1 t2 ");
    }

    @Test
    void saysNothingBeforeTheEndWhenOnlyTheEndIsWanted() {
        RequestCollector collector = collector(OutputKind.FINAL_ONLY, 2);
        add(collector, 0, 1, FinishReason.STOP, false);
        assertThat(collector.poll()).isEmpty();
        add(collector, 1, 2, FinishReason.LENGTH, true);

        RequestOutput whole = collector.poll().orElseThrow();
        assertThat(whole.finished()).isTrue();
        assertThat(whole.outputs()).extracting(CompletionOutput::text).containsExactly("t1 ", "t2 ");
    }

    @Test
    void marksOnlyTheLastOutputAsFinished() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        add(collector, 1);
        add(collector, 0, 2, FinishReason.STOP, true);

        assertThat(drain(collector)).extracting(RequestOutput::finished).containsExactly(false, true);
    }

    @Test
    void endsTakeBehindTheLastOutput() throws InterruptedException {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        add(collector, 0, 1, FinishReason.STOP, true);
        collector.take();

        assertThat(collector.take()).isEmpty();
    }

    @Test
    void tellsTheListenerOncePerChangeFromNothingToSomething() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        AtomicInteger told = new AtomicInteger();
        collector.onReady(told::incrementAndGet);
        add(collector, 1);
        add(collector, 2);
        assertThat(told).hasValue(1);

        drain(collector);
        add(collector, 3);
        assertThat(told).hasValue(2);
    }

    @Test
    void tellsALateListenerAtOnce() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        add(collector, 1);
        AtomicInteger told = new AtomicInteger();
        collector.onReady(told::incrementAndGet);

        assertThat(told).hasValue(1);
    }

    @Test
    void throwsAFailureBehindWhatCameBefore() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        add(collector, 1);
        collector.fail(new TokamakException(ErrorCode.STEP_FAILED, "broken"));

        assertThat(collector.poll()).isPresent();
        assertThatThrownBy(collector::poll).isInstanceOfSatisfying(TokamakException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.STEP_FAILED));
    }

    @Test
    void wakesAWaitingReaderWhenItIsClosed() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        CompletableFuture<Boolean> empty = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                empty.complete(collector.take().isEmpty());
            } catch (InterruptedException e) {
                empty.completeExceptionally(e);
            }
        });
        reader.start();
        while (reader.getState() != Thread.State.WAITING && !empty.isDone()) {
            Thread.onSpinWait();
        }
        collector.close();

        assertThat(empty.join()).isTrue();
    }

    @Test
    void abortsItsRequestOnceWhenClosedEarly() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        collector.close();
        collector.close();

        assertThat(abandoned).hasValue(1);
    }

    @Test
    void abortsNothingWhenClosedAfterTheEnd() {
        RequestCollector collector = collector(OutputKind.DELTA, 1);
        add(collector, 0, 1, FinishReason.STOP, true);
        collector.close();

        assertThat(abandoned).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(OutputKind.class)
    void offsetsGoWithTheLogProbabilitiesOfTheirTokens(OutputKind kind) {
        RequestCollector collector = new RequestCollector("r", kind, 1, 5, () -> {});
        for (int i = 0; i < 60; i++) {
            TokenLogprob logprob = new TokenLogprob(i, -1, 1, List.of());
            collector.add(
                    0,
                    new MarkedText.Piece("t", new int[0]),
                    i,
                    logprob,
                    3 * i,
                    i == 59 ? FinishReason.STOP : null,
                    null,
                    i == 59,
                    0,
                    i + 1);
        }
        List<Integer> offsets = new ArrayList<>();
        for (Optional<RequestOutput> next = collector.poll(); next.isPresent(); next = collector.poll()) {
            CompletionOutput output = next.get().outputs().get(0);
            assertThat(output.textOffsets()).hasSize(output.logprobs().size());
            if (kind != OutputKind.DELTA) {
                offsets.clear();
            }
            Arrays.stream(output.textOffsets()).forEach(offsets::add);
        }
        assertThat(offsets)
                .isEqualTo(IntStream.range(0, 60).mapToObj(i -> 3 * i).toList());
    }
}
