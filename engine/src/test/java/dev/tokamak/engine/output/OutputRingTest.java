package dev.tokamak.engine.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutputRingTest {
    private final OutputRing ring = new OutputRing(4);
    private final Completion completion = completion();

    private static Completion completion() {
        Completion made = new Completion(null, 0, null, null);
        made.bind(new Sequence(0, 0, 0, 0, SamplingParams.builder().build(), 0, new int[] {1}, new int[0], 8, made));
        return made;
    }

    private void publish(int token) {
        ring.current().token(completion, token, null);
        ring.publish();
    }

    private int take() {
        int token = ring.take().token(0);
        ring.release();
        return token;
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void handsBatchesOverInTheirOrder() {
        publish(1);
        publish(2);
        publish(3);

        assertThat(List.of(take(), take(), take())).containsExactly(1, 2, 3);
    }

    @Test
    void givesBackABatchThatWasNotPublished() {
        ring.current().token(completion, 1, null);
        ring.current().token(completion, 2, null);
        ring.publish();

        assertThat(ring.take().size()).isEqualTo(2);
    }

    @Test
    void emptiesABatchBeforeItIsFilledAgain() {
        for (int i = 0; i < 4; i++) {
            publish(i);
            take();
        }
        assertThat(ring.current().isEmpty()).isTrue();
    }

    @Test
    void handsOverWhatWasPublishedBeforeTheEnd() {
        publish(7);
        ring.close();

        assertThat(take()).isEqualTo(7);
        assertThat(ring.take()).isNull();
    }

    @Test
    void wakesTheOutputThreadAtTheEnd() throws InterruptedException {
        List<Boolean> ended = new ArrayList<>();
        Thread output = new Thread(() -> ended.add(ring.take() == null));
        output.start();
        awaitWaiting(output);
        ring.close();
        output.join();

        assertThat(ended).containsExactly(true);
    }

    @Test
    void letsTheEngineThreadWaitWhileAllBatchesAreUnderWay() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            publish(i);
        }
        Thread engine = new Thread(() -> publish(4));
        engine.start();
        awaitWaiting(engine);
        List<Integer> taken = new ArrayList<>(List.of(take()));
        engine.join();
        for (int i = 0; i < 4; i++) {
            taken.add(take());
        }

        assertThat(taken).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void losesNothingBetweenTwoThreadsThatWaitForEachOther() throws InterruptedException {
        int batches = 50_000;
        Thread engine = new Thread(() -> {
            for (int i = 0; i < batches; i++) {
                publish(i);
            }
            ring.close();
        });
        engine.start();
        int expected = 0;
        for (OutputBatch batch = ring.take(); batch != null; batch = ring.take()) {
            assertThat(batch.size()).isEqualTo(1);
            assertThat(batch.token(0)).isEqualTo(expected++);
            ring.release();
        }
        engine.join();

        assertThat(expected).isEqualTo(batches);
    }
}
