package dev.tokamak.engine.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.EngineHealth;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.output.Request;
import dev.tokamak.spi.sampling.LogitsAdjuster;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StepLoopTest {
    private final LoopByHand hand = new LoopByHand();
    private final StepLoop loop = hand.loop;

    @AfterEach
    void stop() throws InterruptedException {
        hand.stop();
    }

    private static DrawConstraint allowingAll() {
        LogitsAdjuster idle = (tokens, length, promptTokens, words, offset) -> {};
        int[] none = {};
        TokenLimits limits = new TokenLimits(SamplingParams.builder().build(), none, 256);
        return new DrawConstraint(null, List.of(idle), none, 5, null, none, limits);
    }

    private static void fails(Request request, ErrorCode code) {
        assertThatThrownBy(() -> request.collector().take())
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void plansAndLaunchesAStepWhileTheOneBeforeRuns() throws InterruptedException {
        hand.last(hand.submit(3));

        assertThat(hand.log).containsExactly("launch 1", "launch 2", "await 1", "launch 3", "await 2", "await 3");
    }

    @Test
    void givesMasksOnceTheStepBeforeHasLandedAndLaunchesNothingMeanwhile() throws InterruptedException {
        hand.last(hand.submit(3, allowingAll()));

        assertThat(hand.log)
                .containsExactly(
                        "launch 1",
                        "sample 1",
                        "launch 2",
                        "await 1",
                        "sample 1",
                        "launch 3",
                        "await 2",
                        "sample 1",
                        "await 3");
    }

    @Test
    void takesARequestOfWhichNobodyReadsOutOfTheNextPlan() throws InterruptedException {
        Request request = hand.submit(100);
        loop.turn();
        request.collector().close();
        Request other = hand.submit(2);
        hand.last(other);

        assertThat(LoopByHand.sequence(request).ended()).isTrue();
        assertThat(LoopByHand.sequence(request).generatedTokens()).isLessThan(3);
        assertThat(hand.kvCache.freeBlocks()).isEqualTo(LoopByHand.BLOCKS);
    }

    @Test
    void neverPlansARequestThatWasClosedBeforeItWasSeen() throws InterruptedException {
        Request request = hand.submit(100);
        request.collector().close();
        hand.last(hand.submit(2));

        assertThat(LoopByHand.sequence(request).computedTokens()).isZero();
    }

    @Test
    void givesTheRoomOfASequenceBackWhenItHasEnded() throws InterruptedException {
        assertThat(loop.reserve(2, 2)).isEqualTo(-1);
        assertThat(loop.reserve(1, 2)).isEqualTo(2);
        Request closed = hand.submit(100);
        Request request = hand.submit(1);
        closed.collector().close();
        hand.last(request);

        assertThat(loop.reserve(2, 2)).isEqualTo(-1);
    }

    @Test
    void startsThoseAnewThatAFailedStepDidNotCarry() throws InterruptedException {
        Request[] requests = new Request[LoopByHand.SLOTS + 1];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = hand.submit(3);
        }
        hand.nextFailure = new IllegalStateException("told to fail");
        loop.turn();

        assertThat(hand.last(requests[LoopByHand.SLOTS]).outputs().get(0).tokenIds())
                .hasSize(3);
        for (int i = 0; i < LoopByHand.SLOTS; i++) {
            fails(requests[i], ErrorCode.STEP_FAILED);
        }
        assertThat(hand.log).contains("reset");
        assertThat(hand.kvCache.freeBlocks()).isEqualTo(LoopByHand.BLOCKS);
    }

    @Test
    void isDeadAfterThreeFailuresInARow() throws InterruptedException {
        for (int i = 0; i < StepLoop.FAILURES_UNTIL_DEAD; i++) {
            Request request = hand.submit(3);
            hand.nextFailure = new IllegalStateException("told to fail");
            loop.turn();
            fails(request, ErrorCode.STEP_FAILED);
        }

        assertThat(loop.health().state()).isEqualTo(EngineHealth.State.DEAD);
        fails(hand.submit(3), ErrorCode.ENGINE_DEAD);
    }

    @Test
    void endsWhatRunsAsAbortedWhenItIsClosed() throws InterruptedException {
        Request request = hand.submit(100);
        loop.turn();
        loop.close();
        loop.run();

        assertThat(request.collector().take().orElseThrow().outputs().get(0).finishReason())
                .contains(FinishReason.ABORT);
        fails(hand.submit(1), ErrorCode.ENGINE_DEAD);
    }
}
