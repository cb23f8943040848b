package dev.tokamak.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.engine.output.Completion;
import dev.tokamak.spi.executor.StepMasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MaskFillerTest {
    private static final int VOCABULARY = 32;

    /** Workers that are busy with other things: calls wait here until a test runs them. */
    private final List<Runnable> waiting = new ArrayList<>();

    private static void add(MaskFiller filler, int rows, int salt) {
        filler.begin();
        for (int row = 0; row < rows; row++) {
            int word = salt + row;
            filler.add(Masked.completion(row, () -> word));
        }
    }

    private static int[] words(StepMasks masks) {
        return Arrays.copyOf(masks.words(), masks.rows());
    }

    @Test
    void doesNotWaitForWorkersThatHaveNotBegun() throws InterruptedException {
        MaskFiller filler = new MaskFiller(VOCABULARY, waiting::add, 2);
        add(filler, 9, 100);

        assertThat(words(filler.fill())).containsExactly(100, 101, 102, 103, 104, 105, 106, 107, 108);
        assertThat(waiting).hasSize(2);
    }

    @Test
    void leavesAStepAloneWhenAWorkerOfTheStepBeforeComesLate() throws InterruptedException {
        MaskFiller filler = new MaskFiller(VOCABULARY, waiting::add, 2);
        add(filler, 9, 100);
        filler.fill();
        add(filler, 2, 200);
        waiting.forEach(Runnable::run);

        assertThat(words(filler.fill())).containsExactly(200, 201);
    }

    @Test
    void callsNoWorkerAgainThatHasNotAnswered() throws InterruptedException {
        MaskFiller filler = new MaskFiller(VOCABULARY, waiting::add, 2);
        for (int step = 0; step < 5; step++) {
            add(filler, 9, step);
            filler.fill();
        }
        assertThat(waiting).hasSize(2);
        waiting.forEach(Runnable::run);
        waiting.clear();
        add(filler, 9, 1);
        filler.fill();

        assertThat(waiting).hasSize(2);
    }

    @Test
    void callsNobodyForAFewRows() throws InterruptedException {
        MaskFiller filler = new MaskFiller(VOCABULARY, waiting::add, 2);
        add(filler, 4, 1);
        filler.fill();

        assertThat(waiting).isEmpty();
    }

    @Test
    void waitsForTheRowThatAWorkerHasBegun() throws InterruptedException {
        Thread engine = Thread.currentThread();
        CountDownLatch begun = new CountDownLatch(1);
        ExecutorService workers = Executors.newSingleThreadExecutor();
        try {
            MaskFiller filler = new MaskFiller(VOCABULARY, workers, 1);
            filler.begin();
            for (int row = 0; row < 8; row++) {
                filler.add(Masked.completion(row, () -> {
                    if (Thread.currentThread() == engine) {
                        awaitQuietly(begun);
                        return 1;
                    }
                    begun.countDown();
                    // Nothing is left for the engine thread but to wait for this row.
                    while (engine.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                    return 2;
                }));
            }

            assertThat(words(filler.fill())).contains(2).doesNotContain(0);
        } finally {
            workers.shutdownNow();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void fillsEachRowOnceWhoeverHelps() throws InterruptedException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ExecutorService workers = Executors.newFixedThreadPool(3);
        try {
            MaskFiller filler = new MaskFiller(VOCABULARY, workers, 3);
            for (int step = 1; step <= 3000; step++) {
                int rows = 1 + random.nextInt(40);
                int salt = step * 64;
                AtomicIntegerArray times = new AtomicIntegerArray(rows);
                filler.begin();
                for (int row = 0; row < rows; row++) {
                    int own = row;
                    filler.add(Masked.completion(row, () -> {
                        times.incrementAndGet(own);
                        return salt + own;
                    }));
                }
                int[] words = words(filler.fill());
                for (int row = 0; row < rows; row++) {
                    assertThat(words[row]).as("seed %d, step %d", seed, step).isEqualTo(salt + row);
                    assertThat(times.get(row))
                            .as("seed %d, step %d", seed, step)
                            .isEqualTo(1);
                }
            }
        } finally {
            workers.shutdownNow();
        }
    }

    @Test
    void asksNoGrammarForASequenceThatHasEnded() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        MaskFiller filler = new MaskFiller(VOCABULARY, waiting::add, 2);
        Completion ended = Masked.completion(0, asked::incrementAndGet);
        ended.sequence().end();
        filler.begin();
        filler.add(ended);

        assertThat(words(filler.fill())).containsExactly(-1);
        assertThat(asked).hasValue(0);
    }
}
